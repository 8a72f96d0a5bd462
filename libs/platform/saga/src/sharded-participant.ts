import type { SagaCall, StepAnswer } from '@clearway/domain-saga';
import type { SagaParticipant } from './saga-runtime';

/** What a participant of several shards is made of. */
export interface ShardedParticipantParts<Request> {
  /** Key that a request's shard is found by, for example its account. */
  keyOf(request: Request): string;
  /** The shard of a key; undefined while the participant's shards are unknown. */
  shardOf(key: string): number | undefined;
  /** Resolves when they are known; rejects with RpcError when that takes too long. */
  whenKnown(): Promise<unknown>;
  /** Sends steps to one shard in one call; results in any order. Rejects with RpcError. */
  executeAt(
    shard: number,
    calls: readonly SagaCall<Request>[],
    finishedBelow: number,
    traceparents: readonly string[] | undefined,
  ): Promise<StepAnswer[]>;
}

interface Part<Request> {
  readonly calls: SagaCall<Request>[];
  readonly traceparents: string[];
}

/** A participant whose steps go to the shard of their key. Steps that were gathered before its shards were known are split. */
export function shardedParticipant<Request>(
  parts: ShardedParticipantParts<Request>,
): SagaParticipant<Request> {
  return {
    laneOf: (request) => parts.shardOf(parts.keyOf(request)),
    execute: async (calls, finishedBelow, traceparents) => {
      if (calls.some(({ request }) => parts.shardOf(parts.keyOf(request)) === undefined))
        await parts.whenKnown();
      const byShard = new Map<number, Part<Request>>();
      for (const [index, call] of calls.entries()) {
        const shard = parts.shardOf(parts.keyOf(call.request)) ?? 0;
        const part = byShard.get(shard) ?? { calls: [], traceparents: [] };
        byShard.set(shard, part);
        part.calls.push(call);
        if (traceparents !== undefined) part.traceparents.push(traceparents[index] ?? '');
      }
      const [only] = byShard;
      if (only !== undefined && byShard.size === 1)
        return parts.executeAt(only[0], calls, finishedBelow, traceparents);
      const answers = await Promise.all(
        [...byShard].map(([shard, part]) =>
          parts.executeAt(shard, part.calls, finishedBelow, traceparents && part.traceparents),
        ),
      );
      return answers.flat();
    },
  };
}

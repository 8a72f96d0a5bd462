import type { SagaCall, StepAnswer } from '@clearway/domain-saga';
import type { SagaParticipant } from './saga-runtime';

/** Where a participant's shards are, as far as a host's steps need to know. */
export interface ParticipantShards {
  /** Whether it is known to have more than one. */
  readonly isSharded: boolean;
  /** The shard of a key; undefined while the participant's shards are unknown. */
  shardOf(key: string): number | undefined;
  /** Resolves when they are known; rejects with RpcError when that takes too long. */
  whenKnown(timeoutMs: number): Promise<unknown>;
}

/** How long steps that were gathered before the shards were known wait for that, before they are put back. */
const KNOWN_TIMEOUT_MS = 1_000;

/** What a participant of several shards is made of. */
export interface ShardedParticipantParts<Request> {
  /** Key that a request's shard is found by, for example its account. */
  keyOf(request: Request): string;
  /** The participant's shards; see ShardDirectory of platform-sharding. */
  readonly shards: ParticipantShards;
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
  const { shards } = parts;
  return {
    laneOf: (request) => (shards.isSharded ? shards.shardOf(parts.keyOf(request)) : undefined),
    execute: async (calls, finishedBelow, traceparents) => {
      await shards.whenKnown(KNOWN_TIMEOUT_MS);
      if (!shards.isSharded) return parts.executeAt(0, calls, finishedBelow, traceparents);
      const byShard = new Map<number, Part<Request>>();
      for (const [index, call] of calls.entries()) {
        const shard = shards.shardOf(parts.keyOf(call.request)) ?? 0;
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

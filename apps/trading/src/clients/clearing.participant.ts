import { clearing } from '@clearway/contracts';
import type { SagaCall } from '@clearway/domain-saga';
import type { ClearingRequest, TradingRequest } from '@clearway/domain-trading';
import { RpcClient } from '@clearway/platform-rpc';
import {
  type SagaParticipant,
  shardedParticipant,
  stepAnswerFromWire,
  toWirePhase,
} from '@clearway/platform-saga';
import type { ShardDirectory } from '@clearway/platform-sharding';
import { SIDE } from '../codec/enums.codec';

/** How long one call may take before its outcome counts as unknown and it is made again. */
const CALL_TIMEOUT_MS = 2_000;

/** Clearing as a participant of trading's sagas: the steps of one turn in one call. */
export function clearingParticipant(
  directory: ShardDirectory,
  originShard: string,
): SagaParticipant<TradingRequest> {
  return shardedParticipant({
    shards: directory,
    keyOf: ({ account }) => account,
    executeAt: async (shard, calls, finishedBelow, traceparents) => {
      const steps = calls.map((call, index) => stepToWire(call, traceparents?.[index] ?? ''));
      const options = { timeoutMs: CALL_TIMEOUT_MS, shard: directory.shardId(shard) };
      const client = new RpcClient(directory.channelOf(shard), clearing.ClearingStepServiceService);
      const { results } = await client.call('executeSteps', { originShard, finishedBelow, steps }, options);
      return results.map(stepAnswerFromWire);
    },
  });
}

function stepToWire(call: SagaCall<TradingRequest>, traceparent: string): clearing.ClearingStep {
  const { sagaNumber, step, phase, request } = call;
  const action = actionOf(request as ClearingRequest);
  return { sagaNumber, step, phase: toWirePhase(phase), action, traceparent };
}

function actionOf(request: ClearingRequest): NonNullable<clearing.ClearingStep['action']> {
  if (request.kind === 'ReverseLeg') return { $case: 'reverseLeg', value: request };
  return { $case: 'settleLeg', value: { ...request, side: SIDE.toWire(request.side) } };
}

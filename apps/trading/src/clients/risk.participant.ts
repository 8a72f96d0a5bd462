import { risk, type saga } from '@clearway/contracts';
import type { SagaCall, StepAnswer } from '@clearway/domain-saga';
import {
  encodeProtectionPrice,
  type Reserve,
  type RiskRequest,
  type TradingRequest,
} from '@clearway/domain-trading';
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

/** Risk as a participant of trading's sagas: the steps of one turn in one call. */
export function riskParticipant(
  directory: ShardDirectory,
  originShard: string,
): SagaParticipant<TradingRequest> {
  return shardedParticipant({
    shards: directory,
    keyOf: ({ account }) => account,
    executeAt: async (shard, calls, finishedBelow, traceparents) => {
      const steps = calls.map((call, index) => stepToWire(call, traceparents?.[index] ?? ''));
      const options = { timeoutMs: CALL_TIMEOUT_MS, shard: directory.shardId(shard) };
      const client = new RpcClient(directory.channelOf(shard), risk.RiskStepServiceService);
      const { results } = await client.call('executeSteps', { originShard, finishedBelow, steps }, options);
      return results.map((result, index) => answerOf(calls[index], result));
    },
  });
}

/** A hold without the price that it protects is no answer: it is asked for again, and the saga undone if that does not help. */
function answerOf(call: SagaCall<TradingRequest> | undefined, result: saga.StepResult): StepAnswer {
  const answer = stepAnswerFromWire(result);
  const { kind } = call?.request ?? {};
  if (answer.status !== 'succeeded' || (kind !== 'Reserve' && kind !== 'RaiseHold')) return answer;
  const { protectionPriceTicks } = risk.ReserveResult.decode(result.result);
  if (protectionPriceTicks > 0) return { ...answer, result: encodeProtectionPrice(protectionPriceTicks) };
  const { sagaNumber, step, phase } = answer;
  return { sagaNumber, step, phase, status: 'failed', code: 'INTERNAL' };
}

function stepToWire(call: SagaCall<TradingRequest>, traceparent: string): risk.RiskStep {
  const { sagaNumber, step, phase, request } = call;
  return {
    sagaNumber,
    step,
    phase: toWirePhase(phase),
    action: actionOf(request as RiskRequest),
    traceparent,
  };
}

function actionOf(request: RiskRequest): NonNullable<risk.RiskStep['action']> {
  switch (request.kind) {
    case 'Reserve':
      return { $case: 'reserve', value: reserveToWire(request) };
    case 'RaiseHold':
      return { $case: 'raiseHold', value: { ...request, order: reserveToWire(request.order) } };
    case 'LowerHold':
      return { $case: 'lowerHold', value: request };
    case 'ReleaseHold':
      return { $case: 'releaseHold', value: request };
    case 'ReleaseLots':
      return { $case: 'releaseLots', value: request };
    case 'ApplyFill':
      return { $case: 'applyFill', value: request };
  }
}

function reserveToWire(order: Reserve): risk.Reserve {
  return { ...order, side: SIDE.toWire(order.side) };
}

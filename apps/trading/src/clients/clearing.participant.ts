import type { clearing } from '@clearway/contracts';
import type { SagaCall } from '@clearway/domain-saga';
import type { ClearingRequest, TradingRequest } from '@clearway/domain-trading';
import type { RpcClient } from '@clearway/platform-rpc';
import { type SagaParticipant, stepAnswerFromWire, toWirePhase } from '@clearway/platform-saga';
import { SIDE } from '../codec/enums.codec';

/** How long one call may take before its outcome counts as unknown and it is made again. */
const CALL_TIMEOUT_MS = 2_000;

/** Clearing as a participant of trading's sagas: the steps of one turn in one call. */
export function clearingParticipant(
  client: RpcClient<typeof clearing.ClearingStepServiceService>,
  originShard: string,
): SagaParticipant<TradingRequest> {
  return {
    execute: async (calls, finishedBelow, traceparents) => {
      const steps = calls.map((call, index) => stepToWire(call, traceparents?.[index] ?? ''));
      const options = { timeoutMs: CALL_TIMEOUT_MS };
      const { results } = await client.call('executeSteps', { originShard, finishedBelow, steps }, options);
      return results.map(stepAnswerFromWire);
    },
  };
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

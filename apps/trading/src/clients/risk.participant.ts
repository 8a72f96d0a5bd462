import type { risk } from '@clearway/contracts';
import type { SagaCall } from '@clearway/domain-saga';
import type { RiskRequest, TradingRequest } from '@clearway/domain-trading';
import type { RpcClient } from '@clearway/platform-rpc';
import { type SagaParticipant, stepAnswerFromWire, toWirePhase } from '@clearway/platform-saga';
import { SIDE } from '../codec/enums.codec';

/** How long one call may take before its outcome counts as unknown and it is made again. */
const CALL_TIMEOUT_MS = 2_000;

/** Risk as a participant of trading's sagas: the steps of one turn in one call. */
export function riskParticipant(
  client: RpcClient<typeof risk.RiskStepServiceService>,
  originShard: string,
): SagaParticipant<TradingRequest> {
  return {
    execute: async (calls, finishedBelow) => {
      const steps = calls.map(stepToWire);
      const options = { timeoutMs: CALL_TIMEOUT_MS };
      const { results } = await client.call('executeSteps', { originShard, finishedBelow, steps }, options);
      return results.map(stepAnswerFromWire);
    },
  };
}

function stepToWire({ sagaNumber, step, phase, request }: SagaCall<TradingRequest>): risk.RiskStep {
  return { sagaNumber, step, phase: toWirePhase(phase), action: actionOf(request as RiskRequest) };
}

function actionOf(request: RiskRequest): NonNullable<risk.RiskStep['action']> {
  switch (request.kind) {
    case 'Reserve':
      return { $case: 'reserve', value: { ...request, side: SIDE.toWire(request.side) } };
    case 'ReleaseHold':
      return { $case: 'releaseHold', value: request };
    case 'ReleaseLots':
      return { $case: 'releaseLots', value: request };
    case 'ApplyFill':
      return { $case: 'applyFill', value: request };
  }
}

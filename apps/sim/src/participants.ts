import type {
  ClearingStepResult,
  RiskRequest as ClearingsRiskRequest,
  SettleLeg,
} from '@clearway/domain-clearing';
import type { RiskAction, Reserve as RiskReserve, RiskStepAnswer } from '@clearway/domain-risk';
import type { SagaCall, StepAnswer } from '@clearway/domain-saga';
import type { ClearingRequest, Reserve, RiskRequest, TradingRequest } from '@clearway/domain-trading';
import type { SagaParticipant } from '@clearway/platform-saga';
import type { Call } from './network';

/** How long one call may take before its outcome counts as unknown; as in the services. */
const CALL_TIMEOUT_MS = 2_000;
const NO_RESULT = new Uint8Array(0);

/** Sends one call; everything but the caller is given. */
export type Send = <Answer>(
  call: Pick<Call, 'service' | 'method' | 'request' | 'timeoutMs'>,
) => Promise<Answer>;

/** Risk as trading's sagas see it. */
export function riskOfTrading(send: Send, originShard: string): SagaParticipant<TradingRequest> {
  return {
    execute: (calls, finishedBelow) =>
      askRisk(send, originShard, calls, finishedBelow, (request) => riskAction(request as RiskRequest)),
  };
}

/** Risk as clearing's sagas see it; the requests are risk's own actions. */
export function riskOfClearing(send: Send, originShard: string): SagaParticipant<ClearingsRiskRequest> {
  return {
    execute: (calls, finishedBelow) => askRisk(send, originShard, calls, finishedBelow, (request) => request),
  };
}

/** Clearing as trading's sagas see it. */
export function clearingOfTrading(send: Send, originShard: string): SagaParticipant<TradingRequest> {
  return {
    execute: async (calls, finishedBelow) => {
      const steps = calls.map(({ sagaNumber, step, phase, request }) => {
        const action = clearingAction(request as ClearingRequest);
        return { sagaNumber, step, phase, action };
      });
      const results = await send<readonly ClearingStepResult[]>({
        service: 'clearing',
        method: 'ExecuteSteps',
        request: { kind: 'ExecuteSteps', originShard, finishedBelow, steps },
        timeoutMs: CALL_TIMEOUT_MS,
      });
      return results.map(clearingAnswer);
    },
  };
}

async function askRisk<Request>(
  send: Send,
  originShard: string,
  calls: readonly SagaCall<Request>[],
  finishedBelow: number,
  actionOf: (request: Request) => RiskAction,
): Promise<StepAnswer[]> {
  const steps = calls.map(({ sagaNumber, step, phase, request }) => ({
    sagaNumber,
    step,
    phase,
    action: actionOf(request),
  }));
  const answers = await send<readonly RiskStepAnswer[]>({
    service: 'risk',
    method: 'ExecuteSteps',
    request: { kind: 'ExecuteSteps', originShard, finishedBelow, steps },
    timeoutMs: CALL_TIMEOUT_MS,
  });
  return steps.map((step, index) => riskAnswer(step, answers[index] as RiskStepAnswer));
}

/** A stale step's saga has ended; a reserve without its price is no answer. Both as in apps/trading. */
function riskAnswer(
  {
    sagaNumber,
    step,
    phase,
    action,
  }: { sagaNumber: number; step: number; phase: StepAnswer['phase']; action: RiskAction },
  answer: RiskStepAnswer,
): StepAnswer {
  const key = { sagaNumber, step, phase };
  if (answer.status !== 'stale') return { ...key, ...answer };
  if (action.kind === 'Reserve' || action.kind === 'RaiseHold')
    return { ...key, status: 'failed', code: 'INTERNAL' };
  return { ...key, status: 'succeeded', result: NO_RESULT };
}

function clearingAnswer({ sagaNumber, step, phase, status, reasons }: ClearingStepResult): StepAnswer {
  const key = { sagaNumber, step, phase };
  if (status === 'refused') return { ...key, status, reasons };
  return { ...key, status: 'succeeded', result: NO_RESULT };
}

function riskAction(request: RiskRequest): RiskAction {
  if (request.kind === 'RaiseHold') return { ...request, order: reserveOf(request.order) };
  return request.kind === 'Reserve' ? { kind: request.kind, ...reserveOf(request) } : request;
}

function reserveOf({ side, ...order }: Reserve): RiskReserve {
  return { ...order, side: side === 'BUY' ? 'buy' : 'sell' };
}

function clearingAction(request: ClearingRequest): { kind: 'SettleLeg'; leg: SettleLeg } | ClearingRequest {
  if (request.kind === 'ReverseLeg') return request;
  const { kind, ...leg } = request;
  return { kind, leg: { ...leg, side: leg.side === 'BUY' ? 'buy' : 'sell' } };
}

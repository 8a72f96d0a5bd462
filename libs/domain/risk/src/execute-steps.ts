import type { StepKey } from '@clearway/domain-saga';
import { reason, type Turn } from '@clearway/kernel';
import { type RiskAction, type RiskStep, stepKeyOf } from './actions';
import type { ExecuteSteps } from './commands';
import type { RiskEvent, StepEvent } from './events';
import type { RiskStepAnswer, StepsExecuted } from './outcomes';
import type { RiskState } from './risk-state';
import { applyFill } from './steps/apply-fill.step';
import { creditFunds, debitHeldFunds, holdFunds, releaseFunds } from './steps/funds.steps';
import { lowerHold } from './steps/lower-hold.step';
import { raiseHold } from './steps/raise-hold.step';
import { releaseHold } from './steps/release-hold.step';
import { releaseLots } from './steps/release-lots.step';
import { reserve } from './steps/reserve.step';
import { setAccountFrozen } from './steps/set-account-frozen.step';
import { refusal, type StepContext } from './steps/step-context';

/**
 * How many ended sagas of an origin may be remembered before they are forgotten in one event. Memory stays within this number
 * plus the origin's live sagas; the journal pays one event for so many sagas.
 */
export const FORGET_SAGAS_BATCH = 512;

/** Executes a turn's steps in order; each sees what the steps before it did. A repeated step answers as it did first. */
export function executeSteps(state: RiskState, command: ExecuteSteps, turn: Turn<RiskEvent>): StepsExecuted {
  const answers = command.steps.map((step) => executeStep(state, command.originShard, step, turn));
  const { originShard, finishedBelow } = command;
  if (finishedBelow - state.log.finishedBelow(originShard) >= FORGET_SAGAS_BATCH) {
    turn.emit({ kind: 'SagasFinished', originShard, finishedBelow });
  }
  return { kind: 'StepsExecuted', answers };
}

function executeStep(
  state: RiskState,
  originShard: string,
  step: RiskStep,
  turn: Turn<RiskEvent>,
): RiskStepAnswer {
  const key = stepKeyOf(originShard, step);
  const before = state.log.lookup(key);
  if (before.known === 'answered') return before.outcome;
  if (before.known === 'stale') return { status: 'stale' };
  const compensated = before.known === 'compensated';
  turn.emit(compensated ? tooLate(key) : decideStep({ state, key, nowMicros: turn.nowMicros }, step.action));
  return recordedAnswer(state, key);
}

function tooLate(key: StepKey): StepEvent {
  return refusal(key, [reason('ALREADY_COMPENSATED')]);
}

function decideStep(context: StepContext, action: RiskAction): StepEvent {
  switch (action.kind) {
    case 'Reserve':
      return reserve(context, action);
    case 'ReleaseHold':
      return releaseHold(context, action);
    case 'ReleaseLots':
      return releaseLots(context, action);
    case 'RaiseHold':
      return raiseHold(context, action);
    case 'LowerHold':
      return lowerHold(context, action);
    case 'ApplyFill':
      return applyFill(context, action);
    case 'CreditFunds':
      return creditFunds(context, action);
    case 'HoldFunds':
      return holdFunds(context, action);
    case 'ReleaseFunds':
      return releaseFunds(context, action);
    case 'DebitHeldFunds':
      return debitHeldFunds(context, action);
    case 'SetAccountFrozen':
      return setAccountFrozen(context, action);
  }
}

/** The answer is read back from the log, so the first answer and every later one are the same by construction. */
function recordedAnswer(state: RiskState, key: StepKey): RiskStepAnswer {
  const after = state.log.lookup(key);
  if (after.known !== 'answered') throw new Error(`step ${key.sagaNumber}/${key.step} left no outcome`);
  return after.outcome;
}

import type { StepKey, StepOutcome } from '@clearway/domain-saga';
import { type Reason, reason, type Turn } from '@clearway/kernel';
import type { ClearingEvent } from './clearing-event';
import type { ClearingState } from './clearing-state';
import type { ClearingStep, ClearingStepResult } from './clearing-step';
import { counterPostings } from './entry';
import { legPostings, legRefusals, type SettleLeg } from './legs';

/** The watermark of ended sagas is journaled only when it has advanced this far, so that it costs next to nothing. */
export const FINISHED_BELOW_STEP = 512;

/** The steps of one turn of one saga host, as ClearingStepService receives them. */
export interface ExecuteSteps {
  readonly kind: 'ExecuteSteps';
  readonly originShard: string;
  /** Every saga of the origin with a lower number has ended. */
  readonly finishedBelow: number;
  readonly steps: readonly ClearingStep[];
}

type Emit = Pick<Turn<ClearingEvent>, 'emit'>;

const NO_REASONS: readonly Reason[] = [];

/** Executes the steps in order. Each acts once however often it is asked for; a repeated one answers as it did first. */
export function executeSteps(
  state: ClearingState,
  command: ExecuteSteps,
  turn: Emit,
): readonly ClearingStepResult[] {
  const { originShard, finishedBelow } = command;
  if (finishedBelow - state.participants.finishedBelow(originShard) >= FINISHED_BELOW_STEP)
    turn.emit({ kind: 'SagasFinished', originShard, finishedBelow });
  return command.steps.map((step) => executeStep(state, originShard, step, turn));
}

function executeStep(
  state: ClearingState,
  originShard: string,
  step: ClearingStep,
  turn: Emit,
): ClearingStepResult {
  const key: StepKey = { originShard, sagaNumber: step.sagaNumber, step: step.step, phase: step.phase };
  const seen = state.participants.lookup(key);
  switch (seen.known) {
    case 'answered':
      return result(step, seen.outcome.status, reasonsOf(seen.outcome));
    case 'stale':
      return result(step, 'stale', NO_REASONS);
    case 'compensated':
      return result(step, 'refused', [reason('ALREADY_COMPENSATED')]);
    case 'new':
      return act(state, key, step, turn);
  }
}

function act(state: ClearingState, key: StepKey, step: ClearingStep, turn: Emit): ClearingStepResult {
  if (step.action.kind === 'SettleLeg') return settleLeg(state, key, step, step.action.leg, turn);
  reverseLeg(state, key, turn);
  return result(step, 'succeeded', NO_REASONS);
}

function settleLeg(
  state: ClearingState,
  key: StepKey,
  step: ClearingStep,
  leg: SettleLeg,
  turn: Emit,
): ClearingStepResult {
  const reasons = legRefusals(leg, state.ledger, state.freezes.isFrozen(leg.account));
  if (reasons.length > 0) {
    turn.emit({ kind: 'StepRefused', key, reasons });
    return result(step, 'refused', reasons);
  }
  const entryNumber = state.ledger.nextEntryNumber;
  turn.emit({ kind: 'LegSettled', key, entryNumber, leg, postings: legPostings(leg) });
  return result(step, 'succeeded', NO_REASONS);
}

/**
 * Undoes what the step posted. It always succeeds, for a frozen account too: a compensation that could be refused would leave
 * the other side of a busted trade unbacked. It may overdraw an account that has moved on what it got; risk keeps a trade's
 * proceeds unavailable until the trade is settled, so this is a break, and `no-customer-overdrawn` reports it until it is mended.
 */
function reverseLeg(state: ClearingState, key: StepKey, turn: Emit): void {
  const standing = state.standingLegs.find(key);
  if (!standing) return turn.emit({ kind: 'CompensationNoted', key });
  turn.emit({
    kind: 'LegReversed',
    key,
    entryNumber: state.ledger.nextEntryNumber,
    reversedEntryNumber: standing.entryNumber,
    postings: counterPostings(standing.postings),
  });
}

function result(
  { sagaNumber, step, phase }: ClearingStep,
  status: ClearingStepResult['status'],
  reasons: readonly Reason[],
): ClearingStepResult {
  return { sagaNumber, step, phase, status, reasons };
}

function reasonsOf(outcome: StepOutcome): readonly Reason[] {
  return outcome.status === 'refused' ? outcome.reasons : NO_REASONS;
}

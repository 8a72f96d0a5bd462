import type { StepOutcome } from '@clearway/domain-saga';
import type { OrderLimits } from './limits';

/** The answer to one step. `stale`: its saga has ended, nothing was done. */
export type RiskStepAnswer = StepOutcome | { readonly status: 'stale' };

/** The answers to a turn's steps, in the order asked. */
export interface StepsExecuted {
  readonly kind: 'StepsExecuted';
  readonly answers: readonly RiskStepAnswer[];
}

/** What applies to the scope after the override, every figure set. */
export interface LimitsAnswer {
  readonly kind: 'LimitsSet';
  readonly limits: OrderLimits;
}

/** What applies to the participant from now on. */
export interface BlacklistAnswer {
  readonly kind: 'BlacklistSet';
  readonly participant: string;
  readonly blacklisted: boolean;
}

/** Every outcome of risk; each command has its own, of the same name as what was done. */
export type RiskOutcome = StepsExecuted | LimitsAnswer | BlacklistAnswer;

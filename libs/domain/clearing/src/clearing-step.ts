import type { StepPhase } from '@clearway/domain-saga';
import type { Reason } from '@clearway/kernel';
import type { SettleLeg } from './legs';

/** What a step asks for: to post a leg, or to counter-post what the same step posted. */
export type ClearingAction =
  | { readonly kind: 'SettleLeg'; readonly leg: SettleLeg }
  | { readonly kind: 'ReverseLeg'; readonly tradeNumber: number };

/** One step of another host's saga. SettleLeg is an action, ReverseLeg a compensation of the step with the same number. */
export interface ClearingStep {
  readonly sagaNumber: number;
  readonly step: number;
  readonly phase: StepPhase;
  readonly action: ClearingAction;
}

/** Answer to one step, in the order of the steps asked. */
export interface ClearingStepResult {
  readonly sagaNumber: number;
  readonly step: number;
  readonly phase: StepPhase;
  readonly status: 'succeeded' | 'refused' | 'stale';
  /** Why it was refused; empty otherwise. */
  readonly reasons: readonly Reason[];
}

import type { StepKey } from '@clearway/domain-saga';
import { type Reason, reason } from '@clearway/kernel';
import type { StepEvent } from '../events';
import type { RiskState } from '../risk-state';

/** What a step is decided from: the state, its key and the journaled time. It returns the one event that records it. */
export interface StepContext {
  readonly state: RiskState;
  readonly key: StepKey;
  readonly nowMicros: number;
}

/** The event of a refusal of a step that is not an order. */
export function refusal(key: StepKey, reasons: readonly Reason[]): StepEvent {
  return { kind: 'StepRefused', key, reasons, account: '', symbol: '' };
}

/**
 * The refusal of a step that its host should never have asked for. It does not stop the process, because the state is
 * intact: the saga parks, and an operator finds the detail in its timeline.
 */
export function hostBug(key: StepKey, detail: string): StepEvent {
  return refusal(key, [reason('INTERNAL', detail)]);
}

/** Tells whether the action that a compensation undoes was executed here with success. */
export function actionSucceeded({ state, key }: StepContext): boolean {
  const known = state.log.lookup({ ...key, phase: 'action' });
  return known.known === 'answered' && known.outcome.status === 'succeeded';
}

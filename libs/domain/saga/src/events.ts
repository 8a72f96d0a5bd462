import type { Reason } from '@clearway/kernel';
import type { StepPhase } from './participant-log';

/** A step that succeeded, with the result its participant gave. */
export interface StepDone {
  readonly step: number;
  readonly result: Uint8Array;
}

/**
 * What the machine writes into its host's journal. That a saga started is said by the host's own event that caused it,
 * which carries the saga's number; so starting a saga and recording its cause is one event.
 */
export type SagaEvent =
  | {
      readonly kind: 'SagaAdvanced';
      readonly sagaNumber: number;
      readonly steps: readonly StepDone[];
      readonly completed: boolean;
    }
  | {
      readonly kind: 'StepRefused';
      readonly sagaNumber: number;
      readonly step: number;
      readonly reasons: readonly Reason[];
    }
  | {
      readonly kind: 'StepFailed';
      readonly sagaNumber: number;
      readonly step: number;
      readonly phase: StepPhase;
      readonly code: string;
    }
  | { readonly kind: 'CompensationStarted'; readonly sagaNumber: number; readonly reasons: readonly Reason[] }
  | {
      readonly kind: 'StepsCompensated';
      readonly sagaNumber: number;
      readonly steps: readonly number[];
      readonly compensated: boolean;
    }
  | {
      readonly kind: 'StepParked';
      readonly sagaNumber: number;
      readonly step: number;
      readonly phase: StepPhase;
      readonly code: string;
    }
  | { readonly kind: 'SagaResumed'; readonly sagaNumber: number };

/**
 * Tells whether the event may ride with the next batch. Answers of participants may: a replay that lost them asks again
 * and gets the same. A deadline that passed and an operator's word may not: nothing would repeat them. Nor may an advance
 * after which other steps are asked for: it may be what passes a remote pivot, and while a replay that lost it asks again,
 * an operator could still turn the saga round although steps past the pivot have acted.
 */
export function sagaEventRides(event: SagaEvent): boolean {
  switch (event.kind) {
    case 'SagaAdvanced':
      return event.completed;
    case 'StepRefused':
    case 'StepFailed':
    case 'StepsCompensated':
      return true;
    case 'CompensationStarted':
    case 'StepParked':
    case 'SagaResumed':
      return false;
  }
}

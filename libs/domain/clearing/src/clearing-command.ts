import type { SteerOutcome, StepAnswer } from '@clearway/domain-saga';
import type { ClearingStepResult } from './clearing-step';
import type { ExecuteSteps } from './execute-steps';
import type { RequestTransfer, RequestTransferOutcome } from './request-transfer';
import type { SetAccountFrozen } from './set-account-frozen';

/** Answers of participants to the steps of this shard's own sagas. */
export interface SagaAnswers {
  readonly kind: 'SagaAnswers';
  readonly answers: readonly StepAnswer[];
}

/** Lets time pass for this shard's sagas: those whose deadline is over are turned round. */
export interface SagaTick {
  readonly kind: 'SagaTick';
}

/** Asks again for everything that live sagas wait for; the first command after a start. */
export interface SagaRecover {
  readonly kind: 'SagaRecover';
}

/** An operator's word on one saga. */
export interface SteerSaga {
  readonly kind: 'RetrySaga' | 'CompensateSaga';
  readonly sagaNumber: number;
}

/** Every command of clearing. */
export type ClearingCommand =
  | ExecuteSteps
  | RequestTransfer
  | SetAccountFrozen
  | SagaAnswers
  | SagaTick
  | SagaRecover
  | SteerSaga;

/** What became of a command. */
export type ClearingOutcome =
  | { readonly kind: 'steps'; readonly results: readonly ClearingStepResult[] }
  | RequestTransferOutcome
  | { readonly kind: 'account-frozen'; readonly account: string; readonly frozen: boolean }
  | { readonly kind: 'steered'; readonly outcome: SteerOutcome }
  | { readonly kind: 'done' };

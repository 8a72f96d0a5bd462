export { type AccountFreeze, AccountFreezes } from './account-freezes';
export type {
  ClearingCommand,
  ClearingOutcome,
  SagaAnswers,
  SagaRecover,
  SagaTick,
  SteerSaga,
} from './clearing-command';
export type {
  AccountFreezeSet,
  ClearingEvent,
  CompensationNoted,
  LegReversed,
  LegSettled,
  SagaProgressed,
  SagasFinished,
  StepRefused,
  TransferPosted,
  TransferRefused,
  TransferRequested,
} from './clearing-event';
export type { ClearingHost } from './clearing-host';
export { type ClearingOutput, clearingMachine } from './clearing-machine';
export type { ClearingState } from './clearing-state';
export type { ClearingAction, ClearingStep, ClearingStepResult } from './clearing-step';
export { assertBalanced, buildEntry, counterPostings } from './entry';
export { type ExecuteSteps, FINISHED_BELOW_STEP } from './execute-steps';
export { clearingInvariants } from './invariants';
export { Ledger, type LedgerAccount } from './ledger';
export { type LegSide, legPostings, type SettleLeg } from './legs';
export type { OpenTrade, OpenTrades } from './open-trades';
export type { AccountPurpose, Posting, PostingSide } from './posting';
export { balancesOf, ledgerBalances, type SettledBalance, type SettledValue, settledValue } from './queries';
export { type RequestTransfer, type RequestTransferOutcome, repeatedTransfer } from './request-transfer';
export type { RiskRequest } from './risk-request';
export { clearingSagas } from './sagas/clearing-sagas';
export type { SetAccountFrozen } from './set-account-frozen';
export type { SettledTotals } from './settled-totals';
export type { StandingLeg, StandingLegs } from './standing-legs';
export {
  FINISHED_TRANSFERS_MAX,
  sameTransferBody,
  type Transfer,
  type TransferBody,
  type TransferStatus,
  type Transfers,
} from './transfers';

import type { clearing, common, journal, saga } from '@clearway/contracts';
import type { AllowTable } from '@clearway/platform-rpc';

/** Who may call what at clearing. Participants reach their own accounts only, which each handler checks. */
export const allowClearing: AllowTable<typeof clearing.ClearingServiceService> = {
  Deposit: ['operator/*'],
  Withdraw: ['participant/*', 'operator/*'],
  GetTransfer: ['participant/*', 'operator/*'],
  GetBalances: ['participant/*', 'operator/*'],
  ListPostings: ['participant/*', 'operator/*'],
};

/** Who may restrict accounts and see the whole ledger. */
export const allowClearingAdmin: AllowTable<typeof clearing.ClearingAdminServiceService> = {
  FreezeAccount: ['operator/*'],
  UnfreezeAccount: ['operator/*'],
  ListLedgerBalances: ['operator/*'],
};

/** Who may move money and securities as a step of a saga. */
export const allowClearingStep: AllowTable<typeof clearing.ClearingStepServiceService> = {
  ExecuteSteps: ['svc/trading'],
};

/** Who may see and steer clearing's sagas. */
export const allowSaga: AllowTable<typeof saga.SagaServiceService> = {
  ListSagas: ['operator/*'],
  GetSaga: ['operator/*'],
  RetrySaga: ['operator/*'],
  CompensateSaga: ['operator/*'],
};

/** Who may run the invariants. */
export const allowInvariant: AllowTable<typeof common.InvariantServiceService> = {
  CheckInvariants: ['operator/*'],
};

/** Who may follow the journal. */
export const allowFeed: AllowTable<typeof journal.FeedServiceService> = {
  Subscribe: ['svc/audit'],
};

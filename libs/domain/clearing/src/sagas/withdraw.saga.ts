import { LOCAL, RETRY_DEFAULT, type SagaDefinition, type SagaInstance } from '@clearway/domain-saga';
import { type ClearingHost, transferOf } from '../clearing-host';
import type { RiskRequest } from '../risk-request';
import { postTransfer } from './post-transfer';

/**
 * Withdraw: risk holds the amount first, so that no order can spend it meanwhile; then the ledger posts it out, which may
 * still refuse; then risk settles the hold. `request` has nothing to do and undoes by telling the caller that it was refused.
 */
export const withdrawSaga: SagaDefinition<ClearingHost, RiskRequest> = {
  kind: 'Withdraw',
  pivotStage: 1,
  deadlineMs: 10_000,
  retry: RETRY_DEFAULT,
  stages: [
    [
      { name: 'request', participant: LOCAL, compensation: refuseTransfer },
      {
        name: 'holdFunds',
        participant: 'risk',
        action: (host, saga) => funds(host, saga, 'HoldFunds'),
        compensation: (host, saga) => funds(host, saga, 'ReleaseFunds'),
      },
    ],
    [
      {
        name: 'post',
        participant: LOCAL,
        action: (host: ClearingHost, saga: SagaInstance) => postTransfer(host, transferOf(host, saga)),
      },
    ],
    [
      {
        name: 'debitHeldFunds',
        participant: 'risk',
        action: (host, saga) => funds(host, saga, 'DebitHeldFunds'),
      },
    ],
  ],
};

function refuseTransfer(host: ClearingHost, saga: SagaInstance): void {
  host.emit({ kind: 'TransferRefused', transferNumber: saga.subject, reasons: saga.reasons });
}

function funds(
  host: ClearingHost,
  saga: SagaInstance,
  kind: 'HoldFunds' | 'ReleaseFunds' | 'DebitHeldFunds',
): RiskRequest {
  const { account, asset, amountMinor } = transferOf(host, saga);
  return { kind, account, asset, amountMinor };
}

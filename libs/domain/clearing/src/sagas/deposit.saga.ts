import { LOCAL, RETRY_DEFAULT, type SagaDefinition, type SagaInstance } from '@clearway/domain-saga';
import { type ClearingHost, transferOf } from '../clearing-host';
import type { RiskRequest } from '../risk-request';
import { postTransfer } from './post-transfer';

/**
 * Deposit: the ledger first, because the money is at the bank already; then risk makes it available, retried until it does.
 * Nothing can be refused, so it reaches its pivot in the turn that starts it.
 */
export const depositSaga: SagaDefinition<ClearingHost, RiskRequest> = {
  kind: 'Deposit',
  pivotStage: 0,
  deadlineMs: 30_000,
  retry: RETRY_DEFAULT,
  stages: [
    [
      {
        name: 'post',
        participant: LOCAL,
        action: (host: ClearingHost, saga: SagaInstance) => postTransfer(host, transferOf(host, saga)),
      },
    ],
    [
      {
        name: 'creditFunds',
        participant: 'risk',
        action: (host, saga) => {
          const { account, asset, amountMinor } = transferOf(host, saga);
          return { kind: 'CreditFunds', account, asset, amountMinor };
        },
      },
    ],
  ],
};

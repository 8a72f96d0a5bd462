import { SagaMachine } from '@clearway/domain-saga';
import type { ClearingHost } from '../clearing-host';
import type { RiskRequest } from '../risk-request';
import { depositSaga } from './deposit.saga';
import { freezeAccountSaga } from './freeze-account.saga';
import { withdrawSaga } from './withdraw.saga';

/** Walks the sagas that clearing hosts: Deposit, Withdraw and FreezeAccount. It holds no state of its own. */
export const clearingSagas = new SagaMachine<ClearingHost, RiskRequest>([
  depositSaga,
  withdrawSaga,
  freezeAccountSaga,
]);

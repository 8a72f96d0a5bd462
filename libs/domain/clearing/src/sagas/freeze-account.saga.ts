import { RETRY_DEFAULT, type SagaDefinition } from '@clearway/domain-saga';
import type { ClearingHost } from '../clearing-host';
import type { RiskRequest } from '../risk-request';

/**
 * FreezeAccount: clearing is frozen by the event that starts it, so it is past its pivot from the start and only tells risk,
 * until risk has heard it. The version lets risk ignore a change that a newer one has overtaken.
 */
export const freezeAccountSaga: SagaDefinition<ClearingHost, RiskRequest> = {
  kind: 'FreezeAccount',
  pivotStage: -1,
  deadlineMs: 0,
  retry: RETRY_DEFAULT,
  stages: [
    [
      {
        name: 'setAccountFrozen',
        participant: 'risk',
        action: ({ state }, saga) => ({ kind: 'SetAccountFrozen', ...state.freezes.change(saga.subject) }),
      },
    ],
  ],
};

import type { risk } from '@clearway/contracts';
import type { UnaryHandler } from '@clearway/platform-rpc';
import type { RiskCore } from '../risk-core';

/** Lists totals and holds of every account and asset at one journal position, for reconciliation. */
export function listFunds(core: RiskCore): UnaryHandler<risk.ListFundsRequest, risk.ListFundsResponse> {
  return async () => {
    const { position, value } = await core.readAt((state) => state.funds.entries());
    return { position, funds: value };
  };
}

import type { trading } from '@clearway/contracts';
import { orderNeeds } from '@clearway/domain-trading';
import type { UnaryHandler } from '@clearway/platform-rpc';
import type { TradingCore } from '../trading-core';

/** What open orders need, by account and asset, at one journal position. */
export function listOrderNeedsRpc(
  core: TradingCore,
): UnaryHandler<trading.ListOrderNeedsRequest, trading.ListOrderNeedsResponse> {
  return async () => {
    const { position, value } = await core.readAt(orderNeeds);
    return { position, needs: value };
  };
}

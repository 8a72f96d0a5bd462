import { reason } from '@clearway/kernel';
import type { OrderRule } from './order-rule';

/**
 * Refuses buys after which the position could exceed its limit: what the account has, plus all that its open buys may still
 * bring, plus this order. Open sells are not taken off, because they may never trade.
 */
export const positionLimitRule: OrderRule = {
  code: 'POSITION_LIMIT',
  check: ({ order, state, limits, addedMinor }) => {
    if (order.side !== 'buy') return undefined;
    const total = state.funds.get(order.account, order.baseAsset).totalMinor;
    const openBuys = state.holds.openBuysMinor(order.account, order.baseAsset);
    const position = total + openBuys + addedMinor;
    if (position <= limits.positionMaxMinor) return undefined;
    return reason(
      'POSITION_LIMIT',
      `Position ${total}, open buys ${openBuys} and this order ${addedMinor} exceed ${limits.positionMaxMinor} minor units of ${order.baseAsset}.`,
      {
        asset: order.baseAsset,
        position_minor: `${total}`,
        open_buys_minor: `${openBuys}`,
        quantity_minor: `${addedMinor}`,
        limit_minor: `${limits.positionMaxMinor}`,
      },
    );
  },
};

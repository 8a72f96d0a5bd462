import { reason } from '@clearway/kernel';
import { availableMinor } from '../funds-book';
import type { OrderRule } from './order-rule';

/** Refuses buys whose worst case with fees is not covered by the available quote asset. */
export const sufficientFundsRule: OrderRule = {
  code: 'INSUFFICIENT_FUNDS',
  check: ({ order, state, needMinor }) => {
    if (order.side !== 'buy') return undefined;
    const available = availableMinor(state.funds.get(order.account, order.quoteAsset));
    if (needMinor <= available) return undefined;
    return reason(
      'INSUFFICIENT_FUNDS',
      `The order needs ${needMinor} minor units of ${order.quoteAsset} in the worst case, ${available} are available.`,
      { asset: order.quoteAsset, need_minor: `${needMinor}`, available_minor: `${available}` },
    );
  },
};

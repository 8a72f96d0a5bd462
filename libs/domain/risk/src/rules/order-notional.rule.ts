import { reason } from '@clearway/kernel';
import type { OrderRule } from './order-rule';

/** Refuses orders whose value at the protection price exceeds the largest notional of one order, in quote minor units. */
export const orderNotionalRule: OrderRule = {
  code: 'ORDER_NOTIONAL',
  check: ({ order, limits, notionalMinor }) =>
    notionalMinor <= limits.orderNotionalMaxMinor
      ? undefined
      : reason(
          'ORDER_NOTIONAL',
          `Notional ${notionalMinor} exceeds ${limits.orderNotionalMaxMinor} minor units of ${order.quoteAsset} an order.`,
          {
            asset: order.quoteAsset,
            notional_minor: `${notionalMinor}`,
            limit_minor: `${limits.orderNotionalMaxMinor}`,
          },
        ),
};

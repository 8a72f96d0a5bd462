import { reason } from '@clearway/kernel';
import type { OrderRule } from './order-rule';

/** Refuses orders of more than the largest quantity of one order, in base minor units. */
export const orderSizeRule: OrderRule = {
  code: 'ORDER_SIZE',
  check: ({ order, limits, quantityMinor }) =>
    quantityMinor <= limits.orderQtyMaxMinor
      ? undefined
      : reason(
          'ORDER_SIZE',
          `Quantity ${quantityMinor} exceeds ${limits.orderQtyMaxMinor} minor units of ${order.baseAsset} an order.`,
          {
            asset: order.baseAsset,
            quantity_minor: `${quantityMinor}`,
            limit_minor: `${limits.orderQtyMaxMinor}`,
          },
        ),
};

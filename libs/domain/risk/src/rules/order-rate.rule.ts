import { reason } from '@clearway/kernel';
import type { OrderRule } from './order-rule';

/**
 * Refuses orders past the number that an account may place in one symbol within any 60 seconds of journaled time. Orders
 * refused by other rules count as well, or a runaway program would never be slowed. Orders refused by this rule do
 * not, so that the time told in the reason is when the next one passes.
 */
export const orderRateRule: OrderRule = {
  code: 'ORDER_RATE',
  check: ({ order, state, limits, nowMicros }) => {
    const count = state.orderRates.count(order.account, order.symbol, nowMicros);
    if (count < limits.ordersPerMinuteMax) return undefined;
    const retryAtMicros = state.orderRates.nextFreeMicros(order.account, order.symbol, nowMicros);
    return reason(
      'ORDER_RATE',
      `${count} orders in ${order.symbol} within 60 seconds; ${limits.ordersPerMinuteMax} are allowed.`,
      {
        symbol: order.symbol,
        orders: `${count}`,
        orders_per_minute_max: `${limits.ordersPerMinuteMax}`,
        retry_at_micros: `${retryAtMicros}`,
      },
    );
  },
};

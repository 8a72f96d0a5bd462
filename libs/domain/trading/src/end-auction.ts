import { takeOff } from './cancel-order';
import type { TradingHost } from './host';
import type { Order } from './order';
import { viewOf } from './reports';
import { type Market, orderOf } from './state';

/**
 * The orders that leave when an auction has been carried out: those whose owners asked for it meanwhile, and, where the phase to come
 * has no room for them, what is left of orders at market and of those for the auction only.
 */
export function leavingOrders({ state }: TradingHost, { book, uncrossing }: Market, isEnd: boolean): Order[] {
  const left = new Set<Order>();
  for (const orderNumber of uncrossing?.cancels ?? []) {
    const order = state.orders.get(orderNumber);
    if (order?.resting) left.add(order);
  }
  if (!isEnd) return [...left];
  for (const side of ['BUY', 'SELL'] as const) {
    book.forEachMarketOrder(side, (orderNumber) => void left.add(orderOf(state, orderNumber)));
    book.forEachOrder(side, (orderNumber) => {
      const order = orderOf(state, orderNumber);
      if (order.terms.timeInForce === 'AT_AUCTION') left.add(order);
    });
  }
  return [...left];
}

/** Takes orders off that leave after an auction. */
export function takeOffAll(host: TradingHost, leaving: readonly Order[]): void {
  for (const order of leaving) takeOff(host, order, order.cancelCause ?? 'AUCTION_REMAINDER');
}

/** Answers those who asked for a cancel while the auction was carried out, whatever became of their orders. */
export function answerCancels({ state, turn }: TradingHost, orderNumbers: readonly number[]): void {
  for (const orderNumber of orderNumbers) {
    const order = state.orders.get(orderNumber);
    if (order) turn.publish({ kind: 'placed', order: viewOf(order), fills: [] });
  }
}

import { keysOf } from './evolve-replace';
import { isOpen, type Order } from './order';
import { CLOSED_ORDERS_MAX, orderOf, type TradingState } from './state';

/** Changes some of an order's fields and notes the time of it, µs since the epoch. */
export function touch(order: Order, change: Partial<Order>, timeMicros: number): void {
  Object.assign(order, change);
  order.updatedAtMicros = timeMicros;
}

/** Forgets what was kept for an order that rested: its expiry, and, once nothing of it is open, its mark in `overheld`. */
export function leftBook(state: TradingState, order: Order): void {
  order.resting = false;
  if (!isOpen(order) && state.overheld.size > 0) state.overheld.delete(order.number);
  if (order.terms.timeInForce !== 'GTC') state.expiries.remove(order.number);
}

/** One of the order's sagas has ended; after the last of a closed order it may be forgotten. */
export function sagaLeft(state: TradingState, orderNumber: number): void {
  const order = orderOf(state, orderNumber);
  order.openSagas -= 1;
  closeIfDone(state, order);
}

/** Nothing will change the order any more: it may be forgotten once enough others have closed after it. */
export function closeIfDone(state: TradingState, order: Order): void {
  if (isOpen(order) || order.openSagas > 0) return;
  state.closed.push(order.number);
  if (state.closed.length - state.closedHead <= CLOSED_ORDERS_MAX) return;
  const oldest = orderOf(state, state.closed[state.closedHead] ?? 0);
  state.closedHead += 1;
  state.orders.delete(oldest.number);
  for (const key of keysOf(oldest)) state.keys.delete(key);
  if (state.closedHead < CLOSED_ORDERS_MAX) return;
  state.closed = state.closed.slice(state.closedHead);
  state.closedHead = 0;
}

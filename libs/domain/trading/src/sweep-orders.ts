import type { ReasonCode } from '@clearway/kernel';
import { takeOff } from './cancel-order';
import type { TradingHost } from './host';
import { isOpen, type Order } from './order';
import { mayTakeOff, type TradingState } from './state';

/** Open orders that one turn takes off; further ones follow in the next, so that no batch grows without bound. */
export const SWEPT_A_TURN_MAX = 5_000;

/** Every open order of a kind, by a look at all orders: an index could be wrong, and this is a proof. */
export function openOrdersOf(state: TradingState, isMeant: (order: Order) => boolean): Order[] {
  const open: Order[] = [];
  for (const order of state.orders.values()) if (isOpen(order) && isMeant(order)) open.push(order);
  return open;
}

/** Takes off what can be taken off at once, up to a turn's number. Answers how many of the orders that were. */
export function sweepOrders(host: TradingHost, open: readonly Order[], cause: ReasonCode): number {
  const working = open.filter((order) => mayTakeOff(host.state, order)).slice(0, SWEPT_A_TURN_MAX);
  for (const order of working) takeOff(host, order, cause);
  return working.length;
}

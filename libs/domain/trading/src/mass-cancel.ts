import { reason } from '@clearway/kernel';
import { type AdmissionSubject, admit } from './admission';
import type { MassCancelScope, TradingOutcome } from './commands';
import type { TradingHost } from './host';
import type { Order } from './order';
import { marketOf, mayTakeOff } from './state';
import { SWEPT_A_TURN_MAX, sweepOrders } from './sweep-orders';

/**
 * Cancels open orders of a scope, a turn's number at a time. Orders on their way to the book are marked, so that they never
 * reach it, and counted then; the caller asks again until a look at every order finds none left.
 */
export function massCancel(
  host: TradingHost,
  scope: MassCancelScope,
  belowOrderNumber: number,
): TradingOutcome {
  const { symbol } = scope;
  if (symbol !== undefined && !host.state.markets.has(symbol))
    return { kind: 'refused', reason: reason('UNKNOWN_SYMBOL', undefined, { symbol }) };
  const below = belowOrderNumber || host.state.nextOrderNumber;
  const open = meantOrders(host, { scope, belowOrderNumber: below });
  const pending = open.filter((order) => !mayTakeOff(host.state, order) && !order.cancelCause);
  const swept = sweepOrders(host, open, 'MASS_CANCELED');
  const marked = markPending(host, pending.slice(0, SWEPT_A_TURN_MAX - swept));
  const openOrders = open.length - swept;
  return { kind: 'mass-canceled', canceledOrders: swept + marked, openOrders, belowOrderNumber: below };
}

function markPending(host: TradingHost, pending: readonly Order[]): number {
  for (const { number: orderNumber } of pending)
    host.turn.emit({ kind: 'CancelRequested', orderNumber, cause: 'MASS_CANCELED' });
  return pending.length;
}

/** A look at every order: an index could be wrong, and this is a proof. */
function meantOrders(host: TradingHost, subject: AdmissionSubject): Order[] {
  const { state } = host;
  const meant: Order[] = [];
  for (const order of state.orders.values()) {
    const { terms } = order;
    const market = marketOf(state, terms.symbol);
    if (!admit('mass-cancel', host, market, terms, 0, order, subject)) meant.push(order);
  }
  return meant;
}

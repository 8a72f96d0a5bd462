import { participantOf, reason } from '@clearway/kernel';
import type { MassCancelScope, TradingOutcome } from './commands';
import type { TradingHost } from './host';
import { isWorking, type Order } from './order';
import { openOrdersOf, SWEPT_A_TURN_MAX, sweepOrders } from './sweep-orders';

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
  const open = openOrdersOf(host.state, (order) => order.number < below && isMeant(scope, order));
  const swept = sweepOrders(host, open, 'MASS_CANCELED');
  const marked = markPending(host, open, SWEPT_A_TURN_MAX - swept);
  const openOrders = open.length - swept;
  return { kind: 'mass-canceled', canceledOrders: swept + marked, openOrders, belowOrderNumber: below };
}

function markPending(host: TradingHost, open: readonly Order[], ordersMax: number): number {
  const pending = open.filter((order) => order.leavesLots > 0 && !isWorking(order) && !order.cancelCause);
  const marked = pending.slice(0, ordersMax);
  for (const { number: orderNumber } of marked)
    host.turn.emit({ kind: 'CancelRequested', orderNumber, cause: 'MASS_CANCELED' });
  return marked.length;
}

function isMeant({ participant, account, symbol, side }: MassCancelScope, { terms }: Order): boolean {
  return (
    (participant === undefined || participantOf(terms.account) === participant) &&
    (account === undefined || terms.account === account) &&
    (symbol === undefined || terms.symbol === symbol) &&
    (side === undefined || terms.side === side)
  );
}

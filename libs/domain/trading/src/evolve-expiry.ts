import { expiresAtMicros } from '@clearway/domain-matching';
import type { Order, OrderTerms } from './order';
import { type Market, marketOf, mayTakeOff, orderOf, type TradingState } from './state';
import { calendarOf } from './trading-rules';

/** Notes when an open order ends by itself, if it does; not of one that an auction under way may still fill. */
export function expireLater(state: TradingState, order: Order): void {
  if (order.terms.timeInForce === 'GTC' || !mayTakeOff(state, order)) return;
  state.expiries.remove(order.number);
  state.expiries.add(order.number, expiryOf(state, order));
}

/**
 * Forgets the times of a book's orders while its auction is carried out: they expire after it. What is due and may not leave would
 * stand before all that is due in other books.
 */
export function suspendExpiry(state: TradingState, { book }: Market): void {
  for (const side of ['BUY', 'SELL'] as const)
    book.forEachOrder(side, (orderNumber) => void state.expiries.remove(orderNumber));
}

/** Notes them again. */
export function resumeExpiry(state: TradingState, { book }: Market): void {
  for (const side of ['BUY', 'SELL'] as const)
    book.forEachOrder(side, (orderNumber) => expireLater(state, orderOf(state, orderNumber)));
}

/** When the order ends by itself, in microseconds since the epoch; infinite if it does not. */
export function expiryOf(state: TradingState, { terms, acceptedAtMicros }: Order): number {
  const { timeInForce, symbol, extras } = terms;
  const calendar = calendarOf(marketOf(state, symbol).instrument);
  return expiresAtMicros(calendar, timeInForce, acceptedAtMicros, extras?.expireAtMicros ?? 0);
}

/** What an order is told whose time is over. */
export function expiryCauseOf({ timeInForce }: OrderTerms): 'DAY_ENDED' | 'GTD_EXPIRED' {
  return timeInForce === 'GTD' ? 'GTD_EXPIRED' : 'DAY_ENDED';
}

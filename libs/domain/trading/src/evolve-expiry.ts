import { expiresAtMicros } from '@clearway/domain-matching';
import type { Order, OrderTerms } from './order';
import { marketOf, type TradingState } from './state';
import { calendarOf } from './trading-rules';

/** Notes when an open order ends by itself, if it does. */
export function expireLater(state: TradingState, order: Order): void {
  if (order.terms.timeInForce === 'GTC') return;
  state.expiries.remove(order.number);
  state.expiries.add(order.number, expiryOf(state, order));
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

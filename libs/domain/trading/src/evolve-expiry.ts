import { expiresAtMicros } from '@clearway/domain-matching';
import type { Order } from './order';
import { marketOf, type TradingState } from './state';
import { calendarOf } from './trading-rules';

/** Notes when an open order ends by itself, if it does. */
export function expireLater(state: TradingState, { number, terms, acceptedAtMicros }: Order): void {
  const { timeInForce, extras } = terms;
  if (timeInForce === 'GTC') return;
  const atMicros = expiresAtMicros(
    calendarOf(marketOf(state, terms.symbol).instrument),
    timeInForce,
    acceptedAtMicros,
    extras?.expireAtMicros ?? 0,
  );
  state.expiries.remove(number);
  state.expiries.add(number, atMicros);
}

import { AROUND_THE_CLOCK, expiresAtMicros } from '@clearway/domain-matching';
import type { Order } from './order';
import type { TradingState } from './state';

/** Notes when an open order ends by itself, if it does. */
export function expireLater(state: TradingState, { number, terms, acceptedAtMicros }: Order): void {
  const { timeInForce, extras } = terms;
  if (timeInForce === 'GTC') return;
  const atMicros = expiresAtMicros(
    AROUND_THE_CLOCK,
    timeInForce,
    acceptedAtMicros,
    extras?.expireAtMicros ?? 0,
  );
  state.expiries.remove(number);
  state.expiries.add(number, atMicros);
}

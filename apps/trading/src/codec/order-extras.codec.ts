import { trading } from '@clearway/contracts';
import type { OrderExtras } from '@clearway/domain-trading';
import { SELF_TRADE } from './enums.codec';

/** The terms out of the ordinary, as the journal has them; what is not asked for is left at its default. */
export function extrasToWire({ selfTrade }: OrderExtras): trading.OrderExtras {
  return {
    selfTradePrevention: selfTrade
      ? SELF_TRADE.toWire(selfTrade)
      : trading.SelfTradePrevention.SELF_TRADE_PREVENTION_UNSPECIFIED,
  };
}

/** Reads back what `extrasToWire` wrote: only what was asked for is there, so a replay gives the same state. */
export function extrasFromWire(wire: trading.OrderExtras): OrderExtras {
  const selfTrade = SELF_TRADE.fromWire(wire.selfTradePrevention);
  return { ...(selfTrade && { selfTrade }) };
}

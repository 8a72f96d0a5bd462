import { trading } from '@clearway/contracts';
import type { OrderExtras } from '@clearway/domain-trading';
import { SELF_TRADE } from './enums.codec';

/** The terms out of the ordinary, as the journal has them; what is not asked for is left at its default. */
export function extrasToWire(extras: OrderExtras): trading.OrderExtras {
  const { selfTrade, stopPriceTicks = 0, trailTicks = 0, expireAtMicros = 0, displayLots = 0 } = extras;
  return {
    stopPriceTicks,
    trailTicks,
    expireAtMicros,
    displayLots,
    selfTradePrevention: selfTrade
      ? SELF_TRADE.toWire(selfTrade)
      : trading.SelfTradePrevention.SELF_TRADE_PREVENTION_UNSPECIFIED,
  };
}

/** Reads back what `extrasToWire` wrote: only what was asked for is there, so a replay gives the same state. */
export function extrasFromWire(wire: trading.OrderExtras): OrderExtras {
  const selfTrade = SELF_TRADE.fromWire(wire.selfTradePrevention);
  const { stopPriceTicks, trailTicks, expireAtMicros, displayLots } = wire;
  return {
    ...(selfTrade && { selfTrade }),
    ...(stopPriceTicks && { stopPriceTicks }),
    ...(trailTicks && { trailTicks }),
    ...(expireAtMicros && { expireAtMicros }),
    ...(displayLots && { displayLots }),
  };
}

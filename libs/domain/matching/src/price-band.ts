import { isPriceTicks, PRICE_TICKS_MAX } from './limits';
import type { Side } from './side';

/** A hundred percent in basis points. */
const ONE_IN_BPS = 10_000n;

/** The widest band: the reference plus a thousand times itself. */
export const BAND_BPS_MAX = 10_000_000;

/** The prices from the lowest to the highest, both of them allowed, in ticks. */
export interface PriceBand {
  readonly lowestTicks: number;
  readonly highestTicks: number;
}

/** What an instrument's prices may do. Bps are of the reference; 0 means no band of that kind. */
export interface PriceBandRules {
  /** Around the reference price of the day: no order is accepted beyond it. */
  readonly staticBps: number;
  /** Around the last trade: no incoming order trades beyond it, a buyer above or a seller below; a volatility auction may begin instead. */
  readonly dynamicBps: number;
}

/** The band that allows every price. */
export const UNBOUNDED: PriceBand = { lowestTicks: 1, highestTicks: PRICE_TICKS_MAX };

/** True if the number can be the width of a band: an integer from 0 (no band) to `BAND_BPS_MAX`. */
export function isBandBps(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= BAND_BPS_MAX;
}

/**
 * The prices within so many basis points of a reference. Both edges are rounded towards the reference, so that no price of the
 * band is further away than the rule says. Without a reference (0) or a width (0) every price is within.
 */
export function priceBandAround(referenceTicks: number, bps: number): PriceBand {
  if (referenceTicks === 0 || bps === 0) return UNBOUNDED;
  const away = Number((BigInt(referenceTicks) * BigInt(bps)) / ONE_IN_BPS);
  return {
    lowestTicks: Math.max(1, referenceTicks - away),
    highestTicks: Math.min(PRICE_TICKS_MAX, referenceTicks + away),
  };
}

/** True if the price is one of the band's. */
export function isWithinBand({ lowestTicks, highestTicks }: PriceBand, priceTicks: number): boolean {
  return isPriceTicks(priceTicks) && priceTicks >= lowestTicks && priceTicks <= highestTicks;
}

/** The prices that two bands share. A price outside of it breaks one of them. Empty (lowest above highest) if they share none. */
export function intersectBands(a: PriceBand, b: PriceBand): PriceBand {
  return {
    lowestTicks: Math.max(a.lowestTicks, b.lowestTicks),
    highestTicks: Math.min(a.highestTicks, b.highestTicks),
  };
}

/** The worst price that an order of this side may trade at within the band: the limit to plan it with if it has none of its own. */
export function worstPriceWithin(band: PriceBand, side: Side): number {
  return side === 'BUY' ? band.highestTicks : band.lowestTicks;
}

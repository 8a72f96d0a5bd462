import type { Reserve } from './actions';

const BPS = 10_000n;

/**
 * Returns the worst price at which an order may trade, in ticks: its limit, or for a market order the collar, which is the
 * market moved against the order by the allowed deviation. A buy's collar rounds down and a sell's rounds up, so that the
 * collar is never wider than the limit says; a sell's is at least one tick.
 */
export function protectionPriceTicks(order: Reserve, deviationBpsMax: number): number {
  if (order.priceTicks > 0) return order.priceTicks;
  const market = BigInt(order.marketPriceTicks);
  const deviation = BigInt(deviationBpsMax);
  if (order.side === 'buy') return Number((market * (BPS + deviation)) / BPS);
  const roundedUp = (market * (BPS - deviation) + BPS - 1n) / BPS;
  return Number(roundedUp > 1n ? roundedUp : 1n);
}

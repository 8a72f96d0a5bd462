import type { OrderTerms } from './order';
import { type Market, marketPriceTicks } from './state';

/** The price around which an order would trade: that which it waits for, or for one that waits for none the market's. */
export function stopPriceTicksOf({ extras, side }: OrderTerms, market: Market): number {
  const marketTicks = marketPriceTicks(market);
  if (extras?.trailTicks !== undefined)
    return Math.max(1, side === 'BUY' ? marketTicks + extras.trailTicks : marketTicks - extras.trailTicks);
  return extras?.stopPriceTicks ?? marketTicks;
}

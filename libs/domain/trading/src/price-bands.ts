import {
  intersectBands,
  isWithinBand,
  priceBandAround,
  type Side,
  worstPriceWithin,
} from '@clearway/domain-matching';
import type { OrderTerms } from './order';
import { isAtMarket } from './order';
import { type Market, marketPriceTicks } from './state';

/** True if the order has a limit that is outside the static band around the last auction's price, or the listing's reference. */
export function isOutsideStaticBand(market: Market, terms: OrderTerms): boolean {
  const staticBps = market.instrument.rules?.bands.staticBps ?? 0;
  return (
    staticBps > 0 && !isAtMarket(terms) && !isWithinBand(staticBandOf(market, staticBps), terms.priceTicks)
  );
}

/** The worst price at which an order of this side may trade now: its own limit, or the edge of the bands where that is nearer. */
export function limitWithinBands(market: Market, side: Side, limitTicks: number): number {
  const { rules } = market.instrument;
  if (!rules) return limitTicks;
  const { staticBps, dynamicBps } = rules.bands;
  const dynamic = priceBandAround(marketPriceTicks(market), dynamicBps);
  const edgeTicks = worstPriceWithin(intersectBands(staticBandOf(market, staticBps), dynamic), side);
  return side === 'BUY' ? Math.min(limitTicks, edgeTicks) : Math.max(limitTicks, edgeTicks);
}

function staticBandOf({ auctionPriceTicks, instrument }: Market, staticBps: number) {
  return priceBandAround(auctionPriceTicks || instrument.referencePriceTicks, staticBps);
}

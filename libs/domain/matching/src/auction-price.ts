import type { AuctionSide } from './auction-side';
import { PRICE_TICKS_MAX } from './limits';

/** What an auction would do if it ended now. */
export interface AuctionPrice {
  readonly priceTicks: number;
  /** The lots that would trade, before self-trade prevention. */
  readonly volumeLots: number;
  /** The lots that find no match at that price: positive if they buy, negative if they sell. */
  readonly surplusLots: number;
}

/** The price of an auction while it is looked for; a price of 0 means that nothing trades. */
export class PriceSearch {
  priceTicks = 0;
  volumeLots = 0;
  surplusLots = 0;
  private referenceTicks = 0;

  /**
   * Looks at every price there is, from the lowest up, and keeps the best: the most volume; then the least surplus on either side;
   * then the nearest to the reference. No two prices are equally good: the surplus falls as the price rises and between two
   * prices of most volume it is most everywhere, so those that pass the first two rules are neighbours without a gap, and a
   * reference between two of them is one of them.
   *
   * Demand falls and supply rises only at limits, so all prices between two neighbouring limits are alike and the one nearest
   * to the reference stands for them.
   */
  run(bids: AuctionSide, asks: AuctionSide, referenceTicks: number): void {
    this.priceTicks = this.volumeLots = this.surplusLots = 0;
    this.referenceTicks = referenceTicks;
    let lastBid = bids.count - 1;
    let nextAsk = asks.marketCount;
    let buyLots = sum(bids, 0, bids.count);
    let sellLots = sum(asks, 0, asks.marketCount);
    for (let below = 0; ; ) {
      const priceTicks = Math.min(limitAt(bids, lastBid), limitAt(asks, nextAsk));
      this.considerBetween(below + 1, Math.min(priceTicks - 1, PRICE_TICKS_MAX), buyLots, sellLots);
      if (priceTicks === Number.POSITIVE_INFINITY) return;
      for (; limitAt(asks, nextAsk) === priceTicks; nextAsk++) sellLots += asks.lots[nextAsk]!;
      this.consider(priceTicks, buyLots, sellLots);
      for (; limitAt(bids, lastBid) === priceTicks; lastBid--) buyLots -= bids.lots[lastBid]!;
      below = priceTicks;
    }
  }

  private considerBetween(
    lowestTicks: number,
    highestTicks: number,
    buyLots: number,
    sellLots: number,
  ): void {
    if (lowestTicks > highestTicks) return;
    const nearestTicks = Math.min(Math.max(this.referenceTicks, lowestTicks), highestTicks);
    this.consider(nearestTicks, buyLots, sellLots);
  }

  private consider(priceTicks: number, buyLots: number, sellLots: number): void {
    const volumeLots = Math.min(buyLots, sellLots);
    if (volumeLots === 0 || !this.isBetter(priceTicks, volumeLots, buyLots - sellLots)) return;
    this.priceTicks = priceTicks;
    this.volumeLots = volumeLots;
    this.surplusLots = buyLots - sellLots;
  }

  private isBetter(priceTicks: number, volumeLots: number, surplusLots: number): boolean {
    if (volumeLots !== this.volumeLots) return volumeLots > this.volumeLots;
    const surplusLess = Math.abs(this.surplusLots) - Math.abs(surplusLots);
    if (surplusLess !== 0) return surplusLess > 0;
    const nearer =
      Math.abs(this.priceTicks - this.referenceTicks) - Math.abs(priceTicks - this.referenceTicks);
    return nearer > 0;
  }
}

/** The limit of an order, infinite behind the last and for those at market. */
function limitAt(side: AuctionSide, i: number): number {
  return i < side.marketCount || i >= side.count ? Number.POSITIVE_INFINITY : side.limitsTicks[i]!;
}

function sum(side: AuctionSide, from: number, to: number): number {
  let lots = 0;
  for (let i = from; i < to; i++) lots += side.lots[i]!;
  return lots;
}

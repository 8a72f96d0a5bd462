import { type AuctionPrice, PriceSearch } from './auction-price';
import { AuctionSide, buysAt, sellsAt } from './auction-side';
import type { BookState } from './book-state';
import { bug } from './bug';
import { isPriceTicks, NO_OWNER } from './limits';
import type { SelfTradeAction } from './self-trade';
import type { UncrossPlan } from './uncross-plan';

/** What is to happen when two orders of one owner would trade with each other in an auction. */
export type SelfTradeRule = (buyOrderId: number, sellOrderId: number) => SelfTradeAction;

/**
 * How much one plan may do about orders of one owner that meet: rounds of pairing, and orders that lose lots before the price is
 * found anew. What was prevented up to a limit holds; a plan after it goes on from there.
 */
export interface PreventionLimits {
  readonly roundsMax: number;
  readonly preventionsMax: number;
}

/** Looks until no two orders of one owner meet. */
export const UNLIMITED: PreventionLimits = {
  roundsMax: Number.POSITIVE_INFINITY,
  preventionsMax: Number.POSITIVE_INFINITY,
};

/**
 * Ends a call auction on paper: finds its price and pairs buyers and sellers at it in priority order, changing nothing in the book.
 *
 * Where two orders of one owner would meet, the rule's action takes lots from them; the newer order is the one with the
 * greater id. That changes demand and supply, so the price is found anew and the pairing begins again, until no such orders
 * meet. Each round takes at least one lot from the auction, so there is a last one; and because nothing is
 * prevented in it, the most volume has traded and the book is not crossed.
 */
export class Uncrossing {
  private readonly bids = new AuctionSide();
  private readonly asks = new AuctionSide();
  private readonly search = new PriceSearch();
  /** Meetings of one owner's orders in this plan. */
  private preventions = 0;

  /** The price at which the auction would end now, before self-trade prevention, or undefined if nothing would trade. */
  indicate(state: BookState, referenceTicks: number): AuctionPrice | undefined {
    this.prepare(state, referenceTicks);
    const { priceTicks, volumeLots, surplusLots } = this.search;
    return priceTicks === 0 ? undefined : { priceTicks, volumeLots, surplusLots };
  }

  /** Writes the uncrossing into the plan. Answers the number of fills. */
  plan(
    state: BookState,
    referenceTicks: number,
    selfTrade: SelfTradeRule,
    plan: UncrossPlan,
    limits: PreventionLimits = UNLIMITED,
  ): number {
    const { bids, asks, search } = this;
    this.prepare(state, referenceTicks);
    plan.clearFills();
    plan.rounds = 1;
    plan.isFinal = true;
    this.preventions = 0;
    for (; search.priceTicks !== 0 && this.pair(selfTrade, plan, limits); plan.rounds++) {
      plan.isFinal = plan.rounds < limits.roundsMax && this.preventions < limits.preventionsMax;
      if (!plan.isFinal) break;
      search.run(bids, asks, referenceTicks);
    }
    if (search.priceTicks === 0 || !plan.isFinal) plan.clearFills();
    plan.priceTicks = search.priceTicks;
    plan.surplusLots = search.surplusLots;
    this.writePreventions(state, plan);
    return plan.count;
  }

  private prepare(state: BookState, referenceTicks: number): void {
    if (!isPriceTicks(referenceTicks)) bug(`${referenceTicks} is not a reference price in ticks`);
    this.bids.gather(state, 'BUY');
    this.asks.gather(state, 'SELL');
    this.search.run(this.bids, this.asks, referenceTicks);
  }

  /** One round of pairing at the price that was found. Answers whether prevention has taken lots, so that it is void. */
  private pair(selfTrade: SelfTradeRule, plan: UncrossPlan, { preventionsMax }: PreventionLimits): boolean {
    const { bids, asks } = this;
    const { priceTicks } = this.search;
    plan.clearFills();
    bids.refill();
    asks.refill();
    let isVoid = false;
    let i = 0;
    let j = 0;
    while (i < bids.count && j < asks.count && this.preventions < preventionsMax) {
      if (bids.leftLots[i] === 0) i++;
      else if (asks.leftLots[j] === 0) j++;
      else if (!buysAt(bids.limitsTicks[i]!, priceTicks) || !sellsAt(asks.limitsTicks[j]!, priceTicks)) break;
      else if (this.meet(i, j, selfTrade, plan)) isVoid = true;
    }
    return isVoid;
  }

  /** Lets two orders trade, or lose lots when they are of one owner. Answers whether they lost some. */
  private meet(i: number, j: number, selfTrade: SelfTradeRule, plan: UncrossPlan): boolean {
    const { bids, asks } = this;
    const owner = bids.owners[i]!;
    const isSelf = owner !== NO_OWNER && owner === asks.owners[j];
    const action = isSelf ? selfTrade(bids.orderIds[i]!, asks.orderIds[j]!) : 'ALLOW';
    const lots = Math.min(bids.leftLots[i]!, asks.leftLots[j]!);
    if (action !== 'ALLOW') {
      this.prevent(i, j, lots, action);
      this.preventions++;
      return true;
    }
    plan.push(bids.orderIds[i]!, owner, asks.orderIds[j]!, asks.owners[j]!, lots);
    bids.leftLots[i] = bids.leftLots[i]! - lots;
    asks.leftLots[j] = asks.leftLots[j]! - lots;
    return false;
  }

  private prevent(i: number, j: number, lots: number, action: Exclude<SelfTradeAction, 'ALLOW'>): void {
    const { bids, asks } = this;
    const isBuyNewer = bids.orderIds[i]! > asks.orderIds[j]!;
    const losesBuy = action === 'CANCEL_BOTH' || (action === 'CANCEL_NEWEST') === isBuyNewer;
    const losesSell = action === 'CANCEL_BOTH' || !losesBuy;
    if (action === 'DECREMENT') {
      bids.prevent(i, lots);
      asks.prevent(j, lots);
      return;
    }
    if (losesBuy) bids.prevent(i, bids.leftLots[i]!);
    if (losesSell) asks.prevent(j, asks.leftLots[j]!);
  }

  private writePreventions(state: BookState, plan: UncrossPlan): void {
    plan.preventedCount = 0;
    for (const side of [this.bids, this.asks]) {
      for (let i = 0; i < side.count; i++) {
        const slot = state.index.get(side.orderIds[i]!);
        const openLots = state.orders.quantitiesLots[slot]! + state.orders.reservesLots[slot]!;
        if (side.lots[i]! < openLots) plan.prevent(side.orderIds[i]!, openLots - side.lots[i]!);
      }
    }
  }
}

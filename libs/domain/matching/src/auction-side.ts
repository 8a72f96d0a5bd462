import type { BookState } from './book-state';
import { growFloat64, growInt32 } from './grow';
import { MARKET } from './limits';
import { NONE } from './order-pool';
import { oppositeOf, type Side } from './side';

const ORDERS_INITIAL = 64;

/**
 * The orders of one side that may take part in an uncrossing, as columns in priority order: those at market first, then by
 * price and time. Icebergs stand with all they have. Used again by every uncrossing.
 */
export class AuctionSide {
  count = 0;
  orderIds = new Float64Array(ORDERS_INITIAL);
  owners = new Int32Array(ORDERS_INITIAL);
  /** `MARKET` for those without a limit. */
  limitsTicks = new Float64Array(ORDERS_INITIAL);
  /** What each brings into the auction: all it has, less what prevention has taken. */
  lots = new Float64Array(ORDERS_INITIAL);
  /** What each has left during one round of pairing. */
  leftLots = new Float64Array(ORDERS_INITIAL);
  /** How many of the first have no limit. */
  marketCount = 0;

  /** Takes in the orders of a side that could trade with any order of the other. */
  gather(state: BookState, side: Side): void {
    this.count = 0;
    const { levels } = state;
    const bookSide = state.sideOf(side);
    this.gatherLevel(state, bookSide.market);
    this.marketCount = this.count;
    const worstRank = worstRankOf(state, side);
    for (let level = bookSide.best; level !== NONE && levels.ranks[level]! >= worstRank; ) {
      this.gatherLevel(state, level);
      level = levels.worse[level]!;
    }
  }

  /** Begins a round: everybody has all again. */
  refill(): void {
    this.leftLots.set(this.lots.subarray(0, this.count));
  }

  /** Takes lots from an order for good. */
  prevent(i: number, lots: number): void {
    this.lots[i] = this.lots[i]! - lots;
    this.leftLots[i] = this.leftLots[i]! - lots;
  }

  private gatherLevel(state: BookState, level: number): void {
    if (level === NONE) return;
    const { orders, levels } = state;
    const limitTicks = levels.priceTicks(level);
    for (let slot = levels.heads[level]!; slot !== NONE; slot = orders.next[slot]!) {
      const i = this.count++;
      if (i === this.lots.length) this.grow(i * 2);
      this.orderIds[i] = orders.ids[slot]!;
      this.owners[i] = orders.owners[slot]!;
      this.limitsTicks[i] = limitTicks;
      this.lots[i] = orders.quantitiesLots[slot]! + orders.reservesLots[slot]!;
    }
  }

  private grow(capacity: number): void {
    this.orderIds = growFloat64(this.orderIds, capacity);
    this.owners = growInt32(this.owners, capacity);
    this.limitsTicks = growFloat64(this.limitsTicks, capacity);
    this.lots = growFloat64(this.lots, capacity);
    this.leftLots = growFloat64(this.leftLots, capacity);
  }
}

/** The rank of the worst price of a side that any order of the other side could accept. */
function worstRankOf(state: BookState, side: Side): number {
  const other = state.sideOf(oppositeOf(side));
  if (other.market !== NONE) return Number.NEGATIVE_INFINITY;
  if (other.best === NONE) return Number.POSITIVE_INFINITY;
  return state.levels.priceTicks(other.best) * state.sideOf(side).sign;
}

/** True if an order with this limit buys at the price. */
export function buysAt(limitTicks: number, priceTicks: number): boolean {
  return limitTicks === MARKET || limitTicks >= priceTicks;
}

/** True if an order with this limit sells at the price. */
export function sellsAt(limitTicks: number, priceTicks: number): boolean {
  return limitTicks <= priceTicks;
}

import { buysAt, sellsAt } from './auction-side';
import type { BookState } from './book-state';
import { NONE } from './order-pool';
import type { Side } from './side';
import type { UncrossPlan } from './uncross-plan';

/** The orders of the last fill that was applied, which have begun to trade and come first if they have lots left; 0 for none. */
export interface BegunOrders {
  readonly buyOrderId: number;
  readonly sellOrderId: number;
}

/**
 * Writes the next fills of an uncrossing whose price is found and whose preventions are applied, up to a number. After each fill the
 * book is as it was but for orders at the front, so pairing from there gives what one plan would have given. Only an
 * iceberg that has begun to trade has left its place, which is why the last fill is asked for. Answers the number of fills.
 */
export function resumeUncrossing(
  state: BookState,
  priceTicks: number,
  { buyOrderId, sellOrderId }: BegunOrders,
  fillsMax: number,
  plan: UncrossPlan,
): number {
  plan.clearFills();
  plan.preventedCount = 0;
  plan.priceTicks = priceTicks;
  const buys = new AuctionCursor(state, 'BUY', priceTicks, buyOrderId);
  const sells = new AuctionCursor(state, 'SELL', priceTicks, sellOrderId);
  const { ids, owners } = state.orders;
  while (plan.count < fillsMax && buys.slot !== NONE && sells.slot !== NONE) {
    const lots = Math.min(buys.leftLots, sells.leftLots);
    plan.push(ids[buys.slot]!, owners[buys.slot]!, ids[sells.slot]!, owners[sells.slot]!, lots);
    buys.take(lots);
    sells.take(lots);
  }
  return plan.count;
}

/** Walks the orders of a side that trade at a price, in priority order, one that has begun to trade before all others. */
class AuctionCursor {
  slot: number;
  leftLots = 0;
  private readonly begunSlot: number;
  /** The next order of the walk, and its level. */
  private nextSlot = NONE;
  private level: number;

  constructor(
    private readonly state: BookState,
    private readonly side: Side,
    private readonly priceTicks: number,
    begunOrderId: number,
  ) {
    const { market, best } = state.sideOf(side);
    this.begunSlot = begunOrderId === 0 ? NONE : state.index.get(begunOrderId);
    this.level = market === NONE ? best : market;
    if (this.level !== NONE) this.nextSlot = state.levels.heads[this.level]!;
    this.slot = this.begunSlot;
    if (this.slot === NONE) this.advance();
    else this.leftLots = this.openLots();
  }

  /** Takes lots from the order that it stands at, and goes on when that has none left. */
  take(lots: number): void {
    this.leftLots -= lots;
    if (this.leftLots === 0) this.advance();
  }

  private advance(): void {
    do this.slot = this.nextOf();
    while (this.slot !== NONE && this.slot === this.begunSlot);
    this.leftLots = this.slot === NONE ? 0 : this.openLots();
  }

  private nextOf(): number {
    const { orders, levels } = this.state;
    while (this.nextSlot === NONE && this.level !== NONE) {
      const { market, best } = this.state.sideOf(this.side);
      this.level = this.level === market ? best : levels.worse[this.level]!;
      if (this.level !== NONE) this.nextSlot = levels.heads[this.level]!;
    }
    if (this.nextSlot === NONE || !this.trades()) return NONE;
    const slot = this.nextSlot;
    this.nextSlot = orders.next[slot]!;
    return slot;
  }

  private trades(): boolean {
    const limitTicks = this.state.levels.priceTicks(this.level);
    return this.side === 'BUY' ? buysAt(limitTicks, this.priceTicks) : sellsAt(limitTicks, this.priceTicks);
  }

  private openLots(): number {
    const { orders } = this.state;
    return orders.quantitiesLots[this.slot]! + orders.reservesLots[this.slot]!;
  }
}

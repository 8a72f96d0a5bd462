import { growFloat64, growInt32 } from './grow';

const FILLS_INITIAL = 64;
const PREVENTIONS_INITIAL = 8;

/**
 * What an uncrossing proposes, as columns: fill `i` trades `quantitiesLots[i]` between `buyOrderIds[i]` and `sellOrderIds[i]`, all
 * of them at `priceTicks`. To apply it, `reduce` each prevented order by its lots, then `fill` the buyer and the seller of
 * each fill, then `remove` what is left of orders at market and of those for this auction only; the book is not crossed then.
 * One plan is used again by every uncrossing, and growing replaces the arrays.
 */
export class UncrossPlan {
  /** The price of all fills; 0 if nothing trades. */
  priceTicks = 0;
  /** The lots that trade. */
  volumeLots = 0;
  /** The lots that could have traded at the price and find no match: positive if they buy, negative if they sell. */
  surplusLots = 0;
  /** How often orders were paired before these fills were found. */
  rounds = 0;
  /** False if a limit ended the search: then only the preventions count, and the price is to be looked for again after them. */
  isFinal = true;
  /** How many fills there are. */
  count = 0;
  buyOrderIds = new Float64Array(FILLS_INITIAL);
  sellOrderIds = new Float64Array(FILLS_INITIAL);
  buyOwners = new Int32Array(FILLS_INITIAL);
  sellOwners = new Int32Array(FILLS_INITIAL);
  quantitiesLots = new Float64Array(FILLS_INITIAL);
  /** How many orders lose lots because they would have traded with their own owner. They may have fills as well. */
  preventedCount = 0;
  preventedOrderIds = new Float64Array(PREVENTIONS_INITIAL);
  preventedLots = new Float64Array(PREVENTIONS_INITIAL);

  /** Forgets the fills. */
  clearFills(): void {
    this.count = 0;
    this.volumeLots = 0;
  }

  /** Adds a fill behind the others. */
  push(buyOrderId: number, buyOwner: number, sellOrderId: number, sellOwner: number, lots: number): void {
    const i = this.count;
    if (i === this.quantitiesLots.length) this.grow(i * 2);
    this.buyOrderIds[i] = buyOrderId;
    this.sellOrderIds[i] = sellOrderId;
    this.buyOwners[i] = buyOwner;
    this.sellOwners[i] = sellOwner;
    this.quantitiesLots[i] = lots;
    this.count = i + 1;
    this.volumeLots += lots;
  }

  /** Adds an order that loses lots without a trade. */
  prevent(orderId: number, lots: number): void {
    const i = this.preventedCount;
    if (i === this.preventedLots.length) this.growPrevented(i * 2);
    this.preventedOrderIds[i] = orderId;
    this.preventedLots[i] = lots;
    this.preventedCount = i + 1;
  }

  private growPrevented(capacity: number): void {
    this.preventedOrderIds = growFloat64(this.preventedOrderIds, capacity);
    this.preventedLots = growFloat64(this.preventedLots, capacity);
  }

  private grow(capacity: number): void {
    this.buyOrderIds = growFloat64(this.buyOrderIds, capacity);
    this.sellOrderIds = growFloat64(this.sellOrderIds, capacity);
    this.buyOwners = growInt32(this.buyOwners, capacity);
    this.sellOwners = growInt32(this.sellOwners, capacity);
    this.quantitiesLots = growFloat64(this.quantitiesLots, capacity);
  }
}

import { growFloat64, growInt32 } from './grow';
import type { SelfTradeAction } from './self-trade';

const FILLS_INITIAL = 64;
const PREVENTIONS_INITIAL = 8;

/**
 * The fills that a plan proposes, in the order in which they would happen, as columns: fill `i` trades
 * `quantitiesLots[i]` with `makerOrderIds[i]` at `pricesTicks[i]`. An iceberg has a fill for each time it shows itself, so
 * applying them one by one (`fill`) gives exactly what was planned. One buffer is used again by every plan; only the
 * first `count` entries mean something, and growing replaces the arrays, so do not keep references to them.
 */
export class FillBuffer {
  /** How many fills the plan has. */
  count = 0;
  /** The lots that would trade. */
  filledLots = 0;
  /** The lots that find no match within the limit: they rest, are cancelled or kill the order, as its time in force says. */
  leavesLots = 0;
  /** The index of the first fill whose maker has the taker's owner; −1 if the plan has no self-trade. */
  selfFillFirst = -1;
  /** How many resting orders lose lots because they would have traded with their own owner. */
  preventedCount = 0;
  /** The taker's lots that are gone without a trade (`DECREMENT`); they are not in `leavesLots`. */
  decrementedLots = 0;
  /** True if self-trade prevention ends the taker: `leavesLots` is cancelled and must not rest. */
  isTakerCancelled = false;
  makerOrderIds = new Float64Array(FILLS_INITIAL);
  makerOwners = new Int32Array(FILLS_INITIAL);
  pricesTicks = new Float64Array(FILLS_INITIAL);
  quantitiesLots = new Float64Array(FILLS_INITIAL);
  /** Where the makers are in the book; stale as soon as the book changes, so only `submit` reads it. */
  makerSlots = new Int32Array(FILLS_INITIAL);
  /** The resting orders that lose lots to prevention, in priority order; none of them is also in a fill. */
  preventedOrderIds = new Float64Array(PREVENTIONS_INITIAL);
  /** What each of them loses: all it has, or with `DECREMENT` perhaps less. */
  preventedLots = new Float64Array(PREVENTIONS_INITIAL);

  /** Empties the buffer for an order of the given size. */
  reset(quantityLots: number): void {
    this.count = 0;
    this.filledLots = 0;
    this.leavesLots = quantityLots;
    this.selfFillFirst = -1;
    this.preventedCount = 0;
    this.decrementedLots = 0;
    this.isTakerCancelled = false;
  }

  /** Adds a fill behind the others. */
  push(slot: number, orderId: number, owner: number, priceTicks: number, quantityLots: number): void {
    const i = this.count;
    if (i === this.makerSlots.length) this.grow(i * 2);
    this.makerSlots[i] = slot;
    this.makerOrderIds[i] = orderId;
    this.makerOwners[i] = owner;
    this.pricesTicks[i] = priceTicks;
    this.quantitiesLots[i] = quantityLots;
    this.count = i + 1;
    this.filledLots += quantityLots;
    this.leavesLots -= quantityLots;
  }

  /** True while the order that is planned has lots to trade. */
  get isHungry(): boolean {
    return this.leavesLots > 0 && !this.isTakerCancelled;
  }

  /** Lets the action do its work on a resting order of the taker's owner that has so many lots open. */
  preventSelfTrade(makerOrderId: number, makerLots: number, action: Exclude<SelfTradeAction, 'ALLOW'>): void {
    if (action === 'DECREMENT') {
      this.decrement(makerOrderId, Math.min(this.leavesLots, makerLots));
      return;
    }
    if (action !== 'CANCEL_NEWEST') this.prevent(makerOrderId, makerLots);
    if (action !== 'CANCEL_OLDEST') this.isTakerCancelled = true;
  }

  /** Adds a resting order that loses lots instead of trading. */
  private prevent(orderId: number, quantityLots: number): void {
    const i = this.preventedCount;
    if (i === this.preventedLots.length) this.growPrevented(i * 2);
    this.preventedOrderIds[i] = orderId;
    this.preventedLots[i] = quantityLots;
    this.preventedCount = i + 1;
  }

  /** Takes lots from a resting order and from the taker without a trade. */
  private decrement(orderId: number, quantityLots: number): void {
    this.prevent(orderId, quantityLots);
    this.decrementedLots += quantityLots;
    this.leavesLots -= quantityLots;
  }

  private growPrevented(capacity: number): void {
    this.preventedOrderIds = growFloat64(this.preventedOrderIds, capacity);
    this.preventedLots = growFloat64(this.preventedLots, capacity);
  }

  private grow(capacity: number): void {
    this.makerOrderIds = growFloat64(this.makerOrderIds, capacity);
    this.makerOwners = growInt32(this.makerOwners, capacity);
    this.pricesTicks = growFloat64(this.pricesTicks, capacity);
    this.quantitiesLots = growFloat64(this.quantitiesLots, capacity);
    this.makerSlots = growInt32(this.makerSlots, capacity);
  }
}

import { growFloat64, growInt32 } from './grow';

const FILLS_INITIAL = 64;

/**
 * The fills that a plan proposes, in the order in which they would happen, as columns: fill `i` trades
 * `quantitiesLots[i]` with `makerOrderIds[i]` at `pricesTicks[i]`. One buffer is used again by every plan; only the
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
  makerOrderIds = new Float64Array(FILLS_INITIAL);
  makerOwners = new Int32Array(FILLS_INITIAL);
  pricesTicks = new Float64Array(FILLS_INITIAL);
  quantitiesLots = new Float64Array(FILLS_INITIAL);
  /** Where the makers are in the book; stale as soon as the book changes, so only `submit` reads it. */
  makerSlots = new Int32Array(FILLS_INITIAL);

  /** Empties the buffer for an order of the given size. */
  reset(quantityLots: number): void {
    this.count = 0;
    this.filledLots = 0;
    this.leavesLots = quantityLots;
    this.selfFillFirst = -1;
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

  private grow(capacity: number): void {
    this.makerOrderIds = growFloat64(this.makerOrderIds, capacity);
    this.makerOwners = growInt32(this.makerOwners, capacity);
    this.pricesTicks = growFloat64(this.pricesTicks, capacity);
    this.quantitiesLots = growFloat64(this.quantitiesLots, capacity);
    this.makerSlots = growInt32(this.makerSlots, capacity);
  }
}

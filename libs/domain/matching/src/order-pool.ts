import { growFloat64, growInt32, powerOfTwoAtLeast } from './grow';

/** The slot, level or link that is not there. */
export const NONE = -1;

/**
 * Resting orders as columns of typed arrays: an order is a slot number, and a freed slot is used again. `next` and
 * `previous` link the orders of one price level in time priority; `next` also chains the free slots.
 */
export class OrderPool {
  ids: Float64Array;
  /** What is displayed of each order: all of it, but for icebergs. */
  quantitiesLots: Float64Array;
  /** What an iceberg hides behind its displayed lots; 0 for every other order and every free slot. */
  reservesLots: Float64Array;
  /** How many lots an iceberg displays anew when the displayed ones are gone; only means something with a reserve. */
  displaysLots: Float64Array;
  owners: Int32Array;
  levels: Int32Array;
  next: Int32Array;
  previous: Int32Array;
  private used = 0;
  private free = NONE;

  constructor(capacity: number) {
    const size = powerOfTwoAtLeast(capacity);
    this.ids = new Float64Array(size);
    this.quantitiesLots = new Float64Array(size);
    this.reservesLots = new Float64Array(size);
    this.displaysLots = new Float64Array(size);
    this.owners = new Int32Array(size);
    this.levels = new Int32Array(size);
    this.next = new Int32Array(size);
    this.previous = new Int32Array(size);
  }

  /** Takes a slot for an order that is not yet linked to a level. */
  allocate(orderId: number, quantityLots: number, owner: number): number {
    const slot = this.takeSlot();
    this.ids[slot] = orderId;
    this.quantitiesLots[slot] = quantityLots;
    this.owners[slot] = owner;
    return slot;
  }

  /** Gives back the slot of an order that is no longer linked. */
  release(slot: number): void {
    this.next[slot] = this.free;
    this.free = slot;
  }

  private takeSlot(): number {
    const slot = this.free;
    if (slot !== NONE) {
      this.free = this.next[slot]!;
      return slot;
    }
    if (this.used === this.ids.length) this.grow(this.used * 2);
    return this.used++;
  }

  private grow(capacity: number): void {
    this.ids = growFloat64(this.ids, capacity);
    this.quantitiesLots = growFloat64(this.quantitiesLots, capacity);
    this.reservesLots = growFloat64(this.reservesLots, capacity);
    this.displaysLots = growFloat64(this.displaysLots, capacity);
    this.owners = growInt32(this.owners, capacity);
    this.levels = growInt32(this.levels, capacity);
    this.next = growInt32(this.next, capacity);
    this.previous = growInt32(this.previous, capacity);
  }
}

import { growFloat64, growInt32 } from './grow';

const REFRESHED_INITIAL = 16;

/**
 * The icebergs of one level that a planned order has met and that would show themselves anew behind the others: their slots
 * and what each still hides, in the order in which they would queue. Used again by every plan.
 */
export class RefreshQueue {
  count = 0;
  slots = new Int32Array(REFRESHED_INITIAL);
  reservesLots = new Float64Array(REFRESHED_INITIAL);

  /** Puts an iceberg at the end. */
  push(slot: number, reserveLots: number): void {
    const i = this.count;
    if (i === this.slots.length) this.grow(i * 2);
    this.slots[i] = slot;
    this.reservesLots[i] = reserveLots;
    this.count = i + 1;
  }

  private grow(capacity: number): void {
    this.slots = growInt32(this.slots, capacity);
    this.reservesLots = growFloat64(this.reservesLots, capacity);
  }
}

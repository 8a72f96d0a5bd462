import { powerOfTwoAtLeast } from './grow';
import { NONE } from './order-pool';

const EMPTY = 0;
/** Eight keys fill one cache line. */
const GROUP_BITS = 3;
const GROUP_MASK = (1 << GROUP_BITS) - 1;

/**
 * Order id → slot: an open-addressing map of numbers with linear probing. An entry is removed by moving later ones
 * back, so there are no tombstones and a book that lives for months is as fast as a new one. At most half full.
 * Ids are 1 … 2^53 − 1, so 0 marks an empty place. What the map looks like inside depends on history; nothing iterates it.
 */
export class OrderIndex {
  size = 0;
  private keys: Float64Array;
  private slots: Int32Array;
  private mask: number;
  private shift: number;
  /** The id that was looked up last, and where it is or belongs; 0 once the map has changed. Most look-ups come in pairs. */
  private soughtId = EMPTY;
  private soughtPlace = 0;

  constructor(capacity: number) {
    const places = powerOfTwoAtLeast(capacity * 2);
    this.keys = new Float64Array(places);
    this.slots = new Int32Array(places);
    this.mask = places - 1;
    this.shift = 32 + GROUP_BITS - Math.log2(places);
  }

  /** The slot of an order, or `NONE`. */
  get(orderId: number): number {
    const place = this.placeOf(orderId);
    return this.keys[place] === orderId ? this.slots[place]! : NONE;
  }

  /** Adds an order whose id is not in the map. */
  add(orderId: number, slot: number): void {
    if (this.size * 2 >= this.keys.length) this.grow();
    const place = this.placeOf(orderId);
    this.keys[place] = orderId;
    this.slots[place] = slot;
    this.soughtId = EMPTY;
    this.size++;
  }

  /** Removes an order whose id is in the map. */
  remove(orderId: number): void {
    let hole = this.placeOf(orderId);
    let probe = (hole + 1) & this.mask;
    for (let key = this.keys[probe]!; key !== EMPTY; key = this.keys[probe]!) {
      const probesFromHome = (probe - this.homeOf(key)) & this.mask;
      if (probesFromHome >= ((probe - hole) & this.mask)) {
        this.keys[hole] = key;
        this.slots[hole] = this.slots[probe]!;
        hole = probe;
      }
      probe = (probe + 1) & this.mask;
    }
    this.keys[hole] = EMPTY;
    this.soughtId = EMPTY;
    this.size--;
  }

  /** Where the id is, or the empty place where it would go. */
  private placeOf(orderId: number): number {
    if (orderId === this.soughtId) return this.soughtPlace;
    const { keys, mask } = this;
    let place = this.homeOf(orderId);
    for (let key = keys[place]!; key !== orderId && key !== EMPTY; key = keys[place]!) {
      place = (place + 1) & mask;
    }
    this.soughtId = orderId;
    this.soughtPlace = place;
    return place;
  }

  /**
   * Fibonacci hashing of groups of eight ids over both halves of the id: the top bits of a product spread ids of any stride,
   * and neighbours share a cache line, because an order's id is mostly near those that came with it.
   */
  private homeOf(orderId: number): number {
    const low = orderId >>> 0;
    const high = (orderId - low) / 2 ** 32;
    const group = Math.imul((low >>> GROUP_BITS) ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1) >>> this.shift;
    return (group << GROUP_BITS) | (low & GROUP_MASK);
  }

  private grow(): void {
    const { keys, slots } = this;
    this.soughtId = EMPTY;
    this.keys = new Float64Array(keys.length * 2);
    this.slots = new Int32Array(keys.length * 2);
    this.mask = keys.length * 2 - 1;
    this.shift--;
    for (let place = 0; place < keys.length; place++) {
      const key = keys[place]!;
      if (key === EMPTY) continue;
      const target = this.placeOf(key);
      this.keys[target] = key;
      this.slots[target] = slots[place]!;
    }
  }
}

import { growFloat64, growInt32 } from './grow';
import { NONE } from './order-pool';
import type { RankSign } from './side';

const LEVELS_INITIAL = 64;

/**
 * Price levels of both sides as columns of typed arrays. A level knows its first and last order, its totals, and the
 * next better and next worse level of its side, so that a walk in price order touches nothing else.
 */
export class LevelPool {
  ranks = new Float64Array(LEVELS_INITIAL);
  /** The displayed lots of the level's orders. */
  totalsLots = new Float64Array(LEVELS_INITIAL);
  /** The lots that the level's icebergs hide. */
  hiddenLots = new Float64Array(LEVELS_INITIAL);
  signs = new Int32Array(LEVELS_INITIAL);
  heads = new Int32Array(LEVELS_INITIAL);
  tails = new Int32Array(LEVELS_INITIAL);
  orderCounts = new Int32Array(LEVELS_INITIAL);
  better = new Int32Array(LEVELS_INITIAL);
  worse = new Int32Array(LEVELS_INITIAL);
  private used = 0;
  private free = NONE;

  /** Takes a slot for an empty level that is not yet linked to its neighbours. */
  allocate(rank: number, sign: RankSign): number {
    const level = this.takeSlot();
    this.ranks[level] = rank;
    this.signs[level] = sign;
    this.totalsLots[level] = 0;
    this.hiddenLots[level] = 0;
    this.orderCounts[level] = 0;
    this.heads[level] = NONE;
    this.tails[level] = NONE;
    return level;
  }

  /** Gives back the slot of an empty level that is no longer linked. */
  release(level: number): void {
    this.worse[level] = this.free;
    this.free = level;
  }

  /** The price of a level, which its rank hides. */
  priceTicks(level: number): number {
    return this.ranks[level]! * this.signs[level]!;
  }

  private takeSlot(): number {
    const level = this.free;
    if (level !== NONE) {
      this.free = this.worse[level]!;
      return level;
    }
    if (this.used === this.ranks.length) this.grow(this.used * 2);
    return this.used++;
  }

  private grow(capacity: number): void {
    this.ranks = growFloat64(this.ranks, capacity);
    this.totalsLots = growFloat64(this.totalsLots, capacity);
    this.hiddenLots = growFloat64(this.hiddenLots, capacity);
    this.signs = growInt32(this.signs, capacity);
    this.heads = growInt32(this.heads, capacity);
    this.tails = growInt32(this.tails, capacity);
    this.orderCounts = growInt32(this.orderCounts, capacity);
    this.better = growInt32(this.better, capacity);
    this.worse = growInt32(this.worse, capacity);
  }
}

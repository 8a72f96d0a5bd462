import { growFloat64, growInt32 } from './grow';
import { NONE } from './order-pool';

/** How many levels one block of the ladder holds. Shifting at most this many numbers is the cost of an insertion. */
export const BLOCK_LEVELS_MAX = 32;

const BLOCKS_INITIAL = 4;

/** Blocks of ranks in ascending order, each with its level: the storage of a price ladder, with free blocks used again. */
export class RungStore {
  ranks = new Float64Array(BLOCKS_INITIAL * BLOCK_LEVELS_MAX);
  levels = new Int32Array(BLOCKS_INITIAL * BLOCK_LEVELS_MAX);
  sizes = new Int32Array(BLOCKS_INITIAL);
  private nextFree = new Int32Array(BLOCKS_INITIAL);
  private used = 0;
  private free = NONE;

  /** Takes an empty block. */
  allocate(): number {
    const block = this.free === NONE ? this.fresh() : this.free;
    if (block === this.free) this.free = this.nextFree[block]!;
    this.sizes[block] = 0;
    return block;
  }

  /** Gives back a block. */
  release(block: number): void {
    this.nextFree[block] = this.free;
    this.free = block;
  }

  /** The first index within the block whose rank is not below the given one; the block's size if there is none. */
  lowerBound(block: number, rank: number): number {
    const { ranks } = this;
    const base = block * BLOCK_LEVELS_MAX;
    let low = base;
    let high = base + this.sizes[block]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ranks[middle]! < rank) low = middle + 1;
      else high = middle;
    }
    return low - base;
  }

  /** Inserts into a block that has room. */
  insert(block: number, index: number, rank: number, level: number): void {
    const { ranks, levels } = this;
    const at = block * BLOCK_LEVELS_MAX + index;
    const end = block * BLOCK_LEVELS_MAX + this.sizes[block]!;
    for (let i = end; i > at; i--) {
      ranks[i] = ranks[i - 1]!;
      levels[i] = levels[i - 1]!;
    }
    ranks[at] = rank;
    levels[at] = level;
    this.sizes[block] = this.sizes[block]! + 1;
  }

  /** Removes one rung. */
  remove(block: number, index: number): void {
    const { ranks, levels } = this;
    const last = block * BLOCK_LEVELS_MAX + this.sizes[block]! - 1;
    for (let i = block * BLOCK_LEVELS_MAX + index; i < last; i++) {
      ranks[i] = ranks[i + 1]!;
      levels[i] = levels[i + 1]!;
    }
    this.sizes[block] = this.sizes[block]! - 1;
  }

  /** Moves the rungs of a block from the given index on to the end of another block that has room for them. */
  moveTail(from: number, index: number, to: number): void {
    const start = from * BLOCK_LEVELS_MAX + index;
    const end = from * BLOCK_LEVELS_MAX + this.sizes[from]!;
    const target = to * BLOCK_LEVELS_MAX + this.sizes[to]!;
    this.ranks.copyWithin(target, start, end);
    this.levels.copyWithin(target, start, end);
    this.sizes[to] = this.sizes[to]! + end - start;
    this.sizes[from] = index;
  }

  private fresh(): number {
    if (this.used === this.sizes.length) this.grow(this.used * 2);
    return this.used++;
  }

  private grow(blocks: number): void {
    this.ranks = growFloat64(this.ranks, blocks * BLOCK_LEVELS_MAX);
    this.levels = growInt32(this.levels, blocks * BLOCK_LEVELS_MAX);
    this.sizes = growInt32(this.sizes, blocks);
    this.nextFree = growInt32(this.nextFree, blocks);
  }
}

import { growFloat64, growInt32 } from './grow';
import { NONE } from './order-pool';
import { BLOCK_LEVELS_MAX, RungStore } from './rung-store';

const ROWS_INITIAL = 4;
const BLOCK_MERGE_BELOW = BLOCK_LEVELS_MAX / 4;
const BLOCK_MERGED_MAX = (BLOCK_LEVELS_MAX * 3) / 4;

/**
 * The levels of one side in rank order: a directory of small sorted blocks (a B+ tree of height two), best at the end.
 *
 * Why this: it needs no price range; a search is a binary search whose worst case no choice of prices can spoil, as it
 * can a hash's or a skip list's; work near the best price stays in the last block and touches a few hundred bytes;
 * 100,000 levels cost 17 comparisons and a shift of at most 32 numbers. It finds equal prices too, so there is no
 * second index from price to level.
 *
 * `seek` puts a cursor on a rank; the other methods act where the cursor stands.
 */
export class PriceLadder {
  size = 0;
  private readonly store = new RungStore();
  private blocks = new Int32Array(ROWS_INITIAL);
  /** Not above any rank of its row, and above every rank of the row before. The first row's is never looked at. */
  private floors = new Float64Array(ROWS_INITIAL);
  private rowCount = 1;
  private row = 0;
  private index = 0;

  constructor() {
    this.blocks[0] = this.store.allocate();
  }

  /**
   * Puts the cursor where the rank is or belongs, and answers its level or `NONE`. Where the cursor stands is tried first: a level
   * often goes soon after it came, before any other has come or gone.
   */
  seek(rank: number): number {
    const { store } = this;
    const level = this.levelAtCursor(rank);
    if (level !== NONE) return level;
    this.row = this.rowOf(rank);
    const block = this.blocks[this.row]!;
    this.index = store.lowerBound(block, rank);
    if (this.index === store.sizes[block]!) return NONE;
    const rung = block * BLOCK_LEVELS_MAX + this.index;
    return store.ranks[rung] === rank ? store.levels[rung]! : NONE;
  }

  private levelAtCursor(rank: number): number {
    if (this.row >= this.rowCount) return NONE;
    const { store } = this;
    const block = this.blocks[this.row]!;
    if (this.index >= store.sizes[block]!) return NONE;
    const rung = block * BLOCK_LEVELS_MAX + this.index;
    return store.ranks[rung] === rank ? store.levels[rung]! : NONE;
  }

  /** The level just worse than where the cursor stands, or `NONE`. */
  worseNeighbour(): number {
    const { store } = this;
    if (this.index > 0) return store.levels[this.blocks[this.row]! * BLOCK_LEVELS_MAX + this.index - 1]!;
    if (this.row === 0) return NONE;
    const block = this.blocks[this.row - 1]!;
    return store.levels[block * BLOCK_LEVELS_MAX + store.sizes[block]! - 1]!;
  }

  /** Inserts a level of the rank that was sought and not found. */
  insert(rank: number, level: number): void {
    if (this.store.sizes[this.blocks[this.row]!] === BLOCK_LEVELS_MAX) this.split(rank);
    this.store.insert(this.blocks[this.row]!, this.index, rank, level);
    this.size++;
  }

  /** Removes the level that was sought and found. */
  remove(): void {
    const { store, row } = this;
    const block = this.blocks[row]!;
    store.remove(block, this.index);
    this.size--;
    const size = store.sizes[block]!;
    if (size === 0) this.dropEmptyRow(row);
    else if (size < BLOCK_MERGE_BELOW) this.mergeWithNeighbour(row);
  }

  /** The last row whose floor is not above the rank. The best row is tried first: most work is there. */
  private rowOf(rank: number): number {
    const { floors } = this;
    let low = 0;
    let high = this.rowCount - 1;
    if (high === 0 || rank >= floors[high]!) return high;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (floors[middle]! <= rank) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Makes room at the cursor: a full last block that grows at its end starts a new one, any other is halved. */
  private split(rank: number): void {
    const { store, row } = this;
    const appends = this.index === BLOCK_LEVELS_MAX && row === this.rowCount - 1;
    const keep = appends ? BLOCK_LEVELS_MAX : BLOCK_LEVELS_MAX / 2;
    const from = this.blocks[row]!;
    const to = store.allocate();
    store.moveTail(from, keep, to);
    this.insertRow(row + 1, to, appends ? rank : store.ranks[to * BLOCK_LEVELS_MAX]!);
    // At the seam itself the rank is below the new block's floor, so it stays in the old one.
    if (!appends && this.index <= keep) return;
    this.row++;
    this.index -= keep;
  }

  private dropEmptyRow(row: number): void {
    if (this.rowCount > 1) this.removeRow(row);
  }

  private mergeWithNeighbour(row: number): void {
    if (row + 1 < this.rowCount && this.fits(row)) this.mergeWithNext(row);
    else if (row > 0 && this.fits(row - 1)) this.mergeWithNext(row - 1);
  }

  private fits(row: number): boolean {
    const { sizes } = this.store;
    return sizes[this.blocks[row]!]! + sizes[this.blocks[row + 1]!]! <= BLOCK_MERGED_MAX;
  }

  private mergeWithNext(row: number): void {
    this.store.moveTail(this.blocks[row + 1]!, 0, this.blocks[row]!);
    this.removeRow(row + 1);
  }

  private insertRow(row: number, block: number, floor: number): void {
    if (this.rowCount === this.blocks.length) this.grow(this.rowCount * 2);
    this.blocks.copyWithin(row + 1, row, this.rowCount);
    this.floors.copyWithin(row + 1, row, this.rowCount);
    this.blocks[row] = block;
    this.floors[row] = floor;
    this.rowCount++;
  }

  private removeRow(row: number): void {
    this.store.release(this.blocks[row]!);
    this.blocks.copyWithin(row, row + 1, this.rowCount);
    this.floors.copyWithin(row, row + 1, this.rowCount);
    this.rowCount--;
  }

  private grow(rows: number): void {
    this.blocks = growInt32(this.blocks, rows);
    this.floors = growFloat64(this.floors, rows);
  }
}

import type { LevelPool } from './level-pool';
import { MARKET } from './limits';
import { NONE } from './order-pool';
import { PriceLadder } from './price-ladder';
import { type RankSign, rankSignOf, type Side } from './side';

/** One side of the book: its levels in a doubly linked list from best to worst, found through a ladder, and its totals. */
export class BookSide {
  readonly sign: RankSign;
  best = NONE;
  orderCount = 0;
  /** Displayed lots, those of orders at market included. */
  totalLots = 0;
  /** Lots that icebergs hide. */
  hiddenLots = 0;
  /** The orders without a limit that wait for a call auction: a level of its own beside the ladder, or `NONE`. */
  market = NONE;
  private worst = NONE;
  private readonly ladder = new PriceLadder();

  constructor(
    side: Side,
    private readonly levels: LevelPool,
  ) {
    this.sign = rankSignOf(side);
  }

  /** How many price levels have orders. */
  get levelCount(): number {
    return this.ladder.size;
  }

  /** The level at a price, or `NONE`. */
  levelAt(priceTicks: number): number {
    const rank = priceTicks * this.sign;
    if (this.best !== NONE && this.levels.ranks[this.best] === rank) return this.best;
    return this.ladder.seek(rank);
  }

  /** The level at a price, created empty if there is none. */
  ensureLevel(priceTicks: number): number {
    const found = this.levelAt(priceTicks);
    if (found !== NONE) return found;
    const rank = priceTicks * this.sign;
    const level = this.levels.allocate(rank, this.sign);
    this.link(level, this.ladder.worseNeighbour());
    this.ladder.insert(rank, level);
    return level;
  }

  /** The level of the orders at market, created empty if there is none. */
  ensureMarketLevel(): number {
    // The sign of zero: times the side's sign its price is MARKET on both sides, not minus zero.
    if (this.market === NONE) this.market = this.levels.allocate(MARKET * this.sign, this.sign);
    return this.market;
  }

  /** Forgets a level that has no orders left. */
  dropLevel(level: number): void {
    if (level === this.market) {
      this.market = NONE;
      this.levels.release(level);
      return;
    }
    this.ladder.seek(this.levels.ranks[level]!);
    this.ladder.remove();
    this.unlink(level);
    this.levels.release(level);
  }

  private link(level: number, worse: number): void {
    const { levels } = this;
    const better = worse === NONE ? this.worst : levels.better[worse]!;
    levels.worse[level] = worse;
    levels.better[level] = better;
    if (worse === NONE) this.worst = level;
    else levels.better[worse] = level;
    if (better === NONE) this.best = level;
    else levels.worse[better] = level;
  }

  private unlink(level: number): void {
    const { levels } = this;
    const better = levels.better[level]!;
    const worse = levels.worse[level]!;
    if (better === NONE) this.best = worse;
    else levels.worse[better] = worse;
    if (worse === NONE) this.worst = better;
    else levels.better[worse] = better;
  }
}

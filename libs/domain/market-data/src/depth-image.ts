import { type Side, TwoLaneHasher } from '@clearway/domain-matching';
import type { DepthLevel } from './book-image';

/** Levels that change from one state to the next. */
export interface DepthChange {
  readonly bids: readonly DepthLevel[];
  readonly asks: readonly DepthLevel[];
}

/** A book by price, as a reader of the depth rebuilds it. */
export class DepthImage {
  private readonly sides = {
    BUY: new Map<number, DepthLevel>(),
    SELL: new Map<number, DepthLevel>(),
  };

  /** Forgets everything. */
  clear(): void {
    this.sides.BUY.clear();
    this.sides.SELL.clear();
  }

  /** Replaces levels; those of quantity 0 go. */
  apply({ bids, asks }: DepthChange): void {
    for (const level of bids) replace(this.sides.BUY, level);
    for (const level of asks) replace(this.sides.SELL, level);
  }

  /** The levels of a side, best first. */
  levels(side: Side): DepthLevel[] {
    const better = side === 'BUY' ? -1 : 1;
    return [...this.sides[side].values()].sort((a, b) => (a.priceTicks - b.priceTicks) * better);
  }

  /** See `depthHashOf`. */
  hash(): string {
    return depthHashOf(this.levels('BUY'), this.levels('SELL'));
  }
}

/**
 * The hash of a book by price: for each side, bids first, the number of levels, then of each level, best first, its price,
 * quantity and number of orders. 16 hexadecimal digits.
 */
export function depthHashOf(bids: readonly DepthLevel[], asks: readonly DepthLevel[]): string {
  const hasher = new TwoLaneHasher();
  for (const levels of [bids, asks]) {
    hasher.addNumber(levels.length);
    for (const { priceTicks, quantityLots, orders } of levels) {
      hasher.addNumber(priceTicks);
      hasher.addNumber(quantityLots);
      hasher.addNumber(orders);
    }
  }
  return hasher.digest();
}

/** The levels to replace so that `before` becomes `after`: both best first. */
export function changedLevels(before: readonly DepthLevel[], after: readonly DepthLevel[]): DepthLevel[] {
  const gone = new Map(before.map((level) => [level.priceTicks, level]));
  const changed: DepthLevel[] = [];
  for (const level of after) {
    const old = gone.get(level.priceTicks);
    gone.delete(level.priceTicks);
    if (old?.quantityLots !== level.quantityLots || old.orders !== level.orders) changed.push(level);
  }
  for (const priceTicks of gone.keys()) changed.push({ priceTicks, quantityLots: 0, orders: 0 });
  return changed;
}

function replace(side: Map<number, DepthLevel>, level: DepthLevel): void {
  if (level.quantityLots === 0) side.delete(level.priceTicks);
  else side.set(level.priceTicks, level);
}

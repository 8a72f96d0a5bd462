/** The side of an order, in FIX's words. */
export type Side = 'BUY' | 'SELL';

/** The side an order of the given side trades against. */
export function oppositeOf(side: Side): Side {
  return side === 'BUY' ? 'SELL' : 'BUY';
}

/**
 * A price's rank is the price times its side's sign, so that on both sides the greater rank is the better price.
 * One code path then serves both sides.
 */
export type RankSign = 1 | -1;

/** The factor between prices and ranks on a side: 1 for buys (higher is better), −1 for sells. */
export function rankSignOf(side: Side): RankSign {
  return side === 'BUY' ? 1 : -1;
}

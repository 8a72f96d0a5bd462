import type { Side } from './side';

/**
 * Told of every change of a book at once, in order, by whatever call it came about: what an order-by-order feed (L3) needs
 * to follow the book exactly. Quantities are those that others may see: an iceberg that shows itself anew is removed and added,
 * what changes of its reserve alone is not told, and nothing is told of orders at market that wait for an auction. It must not
 * change the book.
 */
export interface BookListener {
  /** The order rests now, behind all others of its price. */
  added(orderId: number, side: Side, priceTicks: number, quantityLots: number): void;
  /** The order shows fewer lots, at least one, and keeps its place. */
  reduced(orderId: number, leavesLots: number): void;
  /** The order has left the book. */
  removed(orderId: number): void;
}

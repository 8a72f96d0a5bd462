import { OrderBook } from './book';
import { bug } from './bug';
import { isOrderId, isPriceTicks, PRICE_TICKS_MAX, QUANTITY_LOTS_MAX } from './limits';
import { oppositeOf, type Side } from './side';
import { type StopVisitor, stopHashOf } from './stop-hash';
import { checkStopSnapshot, type StopBookSnapshot, type TrailingStop } from './stop-snapshot';

/** A waiting stop order's place in the ladder is all that counts, so each has one lot. */
const ONE_LOT = 1;

/**
 * The stop orders of one instrument that wait for a price. A buy waits for a trade at its stop price or above, a sell at it or
 * below. A trailing stop follows the best price seen since it came, at its distance, and never goes back.
 *
 * Inside is an order book turned round: buy stops stand like asks (lowest first), sell stops like bids, so the stops that a
 * price releases are what an order at that price would trade with, nearest first and at one price in the order of arrival.
 * A move in favour of trailing stops costs time for each of them, everything else what it costs in an order book.
 */
export class StopBook {
  private readonly ladder: OrderBook;
  private readonly trailing = new Map<number, TrailingStop>();

  constructor(ladder = new OrderBook()) {
    this.ladder = ladder;
  }

  /** Builds a stop book from a snapshot. All of it is checked before anything is built; throws if any of it is wrong. */
  static restore(plain: unknown): StopBook {
    const { ladder, trailing } = checkStopSnapshot(plain);
    const book = new StopBook(OrderBook.restore(ladder));
    for (const stop of trailing) {
      const resting = book.ladder.order(stop.orderId);
      if (resting?.side !== oppositeOf(stop.side)) bug(`trailing stop ${stop.orderId} has no place`);
      book.trailing.set(stop.orderId, { ...stop });
    }
    return book;
  }

  /** How many stop orders wait. */
  get orderCount(): number {
    return this.ladder.orderCount;
  }

  /** True if no further stop order may wait: refuse at the door. */
  get isFull(): boolean {
    return this.ladder.isFull;
  }

  /** True if the order waits. */
  has(orderId: number): boolean {
    return this.ladder.has(orderId);
  }

  /** The price for which an order waits now, or undefined. */
  stopPriceTicks(orderId: number): number | undefined {
    return this.ladder.order(orderId)?.priceTicks;
  }

  /** True if a stop order at this price would be released at once by the last trade's price. */
  static isReached(side: Side, stopPriceTicks: number, lastPriceTicks: number): boolean {
    return side === 'BUY' ? lastPriceTicks >= stopPriceTicks : lastPriceTicks <= stopPriceTicks;
  }

  /** Lets a stop order wait behind all others of its price. Throws on an id that waits or a full book. */
  add(orderId: number, side: Side, stopPriceTicks: number): void {
    this.ladder.rest(orderId, oppositeOf(side), stopPriceTicks, ONE_LOT);
  }

  /** Lets a trailing stop wait at its distance from the last price, within the prices there are. Throws as `add` does. */
  addTrailing(orderId: number, side: Side, trailTicks: number, lastPriceTicks: number): void {
    if (!isOrderId(orderId) || !isPriceTicks(trailTicks))
      bug(`order ${orderId} cannot trail by ${trailTicks} ticks`);
    this.add(orderId, side, trailedPriceTicks(side, trailTicks, lastPriceTicks));
    this.trailing.set(orderId, { orderId, side, trailTicks });
  }

  /** Removes a stop order. Answers whether it waited. */
  remove(orderId: number): boolean {
    this.trailing.delete(orderId);
    return this.ladder.removeIfResting(orderId);
  }

  /**
   * The stop orders that a trade at this price releases, in the order in which they enter the market: buys before sells (only
   * one of the sides can be released by one price, unless it was never told before). Changes nothing.
   */
  releasedBy(lastPriceTicks: number): number[] {
    return (['BUY', 'SELL'] as const).flatMap((side) => {
      const count = this.ladder.plan(side, lastPriceTicks, QUANTITY_LOTS_MAX);
      return Array.from(this.ladder.fills.makerOrderIds.subarray(0, count));
    });
  }

  /**
   * Moves the trailing stops after a trade at this price; call it when those that it releases are gone. A stop that moves
   * queues behind those that already wait at its new price; stops that move together keep their order of arrival.
   */
  trail(lastPriceTicks: number): void {
    for (const { orderId, side, trailTicks } of this.trailing.values()) {
      const fromTicks = this.ladder.order(orderId)!.priceTicks;
      const toTicks = trailedPriceTicks(side, trailTicks, lastPriceTicks);
      const isCloser = side === 'BUY' ? toTicks < fromTicks : toTicks > fromTicks;
      if (!isCloser) continue;
      this.ladder.remove(orderId);
      this.add(orderId, side, toTicks);
    }
  }

  /** Visits the stops of a side in the order in which a moving price would release them. The visitor must not change the book. */
  forEachStop(side: Side, visit: StopVisitor): void {
    this.ladder.forEachOrder(oppositeOf(side), (orderId, stopPriceTicks) => {
      visit(orderId, stopPriceTicks, this.trailing.get(orderId)?.trailTicks ?? 0);
    });
  }

  /** A hash of the content: equal books give equal hashes, whatever their history. 16 hexadecimal digits. */
  stateHash(): string {
    return stopHashOf(this);
  }

  /** The content as canonical plain data. */
  snapshot(): StopBookSnapshot {
    return {
      version: 1,
      ladder: this.ladder.snapshot(),
      trailing: [...this.trailing.values()].map((stop) => ({ ...stop })),
    };
  }
}

function trailedPriceTicks(side: Side, trailTicks: number, lastPriceTicks: number): number {
  const priceTicks = side === 'BUY' ? lastPriceTicks + trailTicks : lastPriceTicks - trailTicks;
  return Math.min(Math.max(priceTicks, 1), PRICE_TICKS_MAX);
}

import { reduceOrder, removeOrder, restOrder } from './apply';
import type { BookListener } from './book-listener';
import { BookState } from './book-state';
import { FillBuffer } from './fill-buffer';
import { NO_OWNER, OPEN_ORDERS_MAX } from './limits';
import { NONE } from './order-pool';
import { availableLots, crosses, planFills } from './plan';
import {
  type BookLevel,
  type BookOrder,
  depthOf,
  levelView,
  type OrderVisitor,
  orderOf,
  visitOrders,
} from './queries';
import { Removal, removeIfResting } from './removal';
import type { SelfTradeAction } from './self-trade';
import type { Side } from './side';
import { type BookSnapshot, checkSnapshot, snapshotOf } from './snapshot';
import { type OrderSource, stateHashOf } from './state-hash';
import { type RemainderPolicy, submitOrder } from './submit';

/**
 * The order book of one instrument, in price-time priority.
 *
 * Planning is apart from applying, because the books of an event-sourced service must be rebuilt from its events
 * without matching again: `plan` says what would trade and changes nothing; the service records that as events; and
 * `rest`, `reduce` and `remove` apply one event each, live and on replay alike.
 *
 * No call allocates per order except those that answer objects (`order`, `level`, `depth`, `snapshot`). Prices are
 * ticks, quantities lots, both within the limits of `limits.ts`. Apply calls that cannot be right throw and change nothing.
 */
export class OrderBook implements OrderSource {
  /** The fills of the last `plan` or `submit` that was not given a buffer of its own. */
  readonly fills = new FillBuffer();
  /** What the last `removeIfResting` removed. */
  readonly removed = new Removal();
  private readonly state: BookState;

  /** The capacity is a hint that saves growing; the book holds up to `OPEN_ORDERS_MAX` orders in any case. */
  constructor(ordersCapacity = 64) {
    this.state = new BookState(ordersCapacity);
  }

  /** Builds a book from a snapshot. All of it is checked before anything is built; throws if any of it is wrong. */
  static restore(plain: unknown): OrderBook {
    const { bids, asks } = checkSnapshot(plain);
    const book = new OrderBook(bids.orderIds.length + asks.orderIds.length);
    for (const [side, orders] of [['BUY', bids] as const, ['SELL', asks] as const]) {
      orders.orderIds.forEach((orderId, i) => {
        book.rest(orderId, side, orders.pricesTicks[i]!, orders.quantitiesLots[i]!, orders.owners[i]);
      });
    }
    return book;
  }

  /** Tells this listener of every change from now on; undefined tells nobody. */
  listen(listener: BookListener | undefined): void {
    this.state.listener = listener;
  }

  // Planning: nothing changes.

  /**
   * Writes what an order of this side, limit (or `MARKET`) and size would trade with into the buffer, in priority
   * order, and answers the number of fills. `fills.leavesLots` is what would be left. Beside the fills stand the resting
   * orders of the same owner that the self-trade action takes lots from (`reduce` each by `preventedLots`), and whether it
   * ends the taker.
   */
  plan(
    side: Side,
    limitPriceTicks: number,
    quantityLots: number,
    owner = NO_OWNER,
    fills = this.fills,
    selfTrade: SelfTradeAction = 'ALLOW',
  ): number {
    return planFills(this.state, side, limitPriceTicks, quantityLots, owner, fills, selfTrade);
  }

  /** The lots an order could trade within its limit (or `MARKET`), counted no further than `upToLots`: for FOK. */
  availableLots(side: Side, limitPriceTicks: number, upToLots: number): number {
    return availableLots(this.state, side, limitPriceTicks, upToLots);
  }

  /** True if an order at this limit would trade at once: for post-only. */
  crosses(side: Side, limitPriceTicks: number): boolean {
    return crosses(this.state, side, limitPriceTicks);
  }

  // Applying: one event each.

  /** Rests an order behind all others of its price, without matching it. Throws on a resting id or a full book. */
  rest(orderId: number, side: Side, priceTicks: number, quantityLots: number, owner = NO_OWNER): void {
    restOrder(this.state, orderId, side, priceTicks, quantityLots, owner);
  }

  /** Takes lots from an order, which keeps its place; at zero it is removed. Answers the lots left. Throws if it has fewer. */
  reduce(orderId: number, quantityLots: number): number {
    return reduceOrder(this.state, orderId, quantityLots);
  }

  /** Removes an order and answers the lots it still had. Throws if it does not rest. */
  remove(orderId: number): number {
    return removeOrder(this.state, orderId);
  }

  /** Removes an order if it rests, and then `removed` says what it was: a cancel with one look-up. Answers whether it did. */
  removeIfResting(orderId: number): boolean {
    return removeIfResting(this.state, orderId, this.removed);
  }

  /** Plans and applies at once, for callers without an event log. Answers the lots that now rest; the fills are in `fills`. */
  submit(
    orderId: number,
    side: Side,
    limitPriceTicks: number,
    quantityLots: number,
    owner = NO_OWNER,
    policy: RemainderPolicy = 'GTC',
    fills = this.fills,
    selfTrade: SelfTradeAction = 'ALLOW',
  ): number {
    return submitOrder(
      this.state,
      orderId,
      side,
      limitPriceTicks,
      quantityLots,
      owner,
      policy,
      fills,
      selfTrade,
    );
  }

  // Asking.

  /** How many orders rest on both sides. */
  get orderCount(): number {
    return this.state.index.size;
  }

  /** True if no further order may rest: refuse at the door. */
  get isFull(): boolean {
    return this.orderCount >= OPEN_ORDERS_MAX;
  }

  /** How many orders rest on a side. */
  orderCountOf(side: Side): number {
    return this.state.sideOf(side).orderCount;
  }

  /** How many prices of a side have orders. */
  levelCountOf(side: Side): number {
    return this.state.sideOf(side).levelCount;
  }

  /** The sum of all lots that rest on a side. */
  totalLotsOf(side: Side): number {
    return this.state.sideOf(side).totalLots;
  }

  /** The best price of a side: the highest bid, the lowest ask; undefined if nothing rests there. */
  bestPriceTicks(side: Side): number | undefined {
    const { best } = this.state.sideOf(side);
    return best === NONE ? undefined : this.state.levels.priceTicks(best);
  }

  /** The best level of a side, or undefined. */
  best(side: Side): BookLevel | undefined {
    return levelView(this.state, this.state.sideOf(side).best);
  }

  /** The level at a price, or undefined. */
  level(side: Side, priceTicks: number): BookLevel | undefined {
    return levelView(this.state, this.state.sideOf(side).levelAt(priceTicks));
  }

  /** The lots at a price, 0 if none: what an L2 feed sends after each change. */
  levelLots(side: Side, priceTicks: number): number {
    const level = this.state.sideOf(side).levelAt(priceTicks);
    return level === NONE ? 0 : this.state.levels.totalsLots[level]!;
  }

  /** The best levels of a side, best first, at most `levelsMax`. */
  depth(side: Side, levelsMax: number): BookLevel[] {
    return depthOf(this.state, side, levelsMax);
  }

  /** True if the order rests. */
  has(orderId: number): boolean {
    return this.state.index.get(orderId) !== NONE;
  }

  /** The order as it rests, or undefined. */
  order(orderId: number): BookOrder | undefined {
    return orderOf(this.state, orderId);
  }

  /** Visits the orders of a side in priority order. The visitor must not change the book. */
  forEachOrder(side: Side, visit: OrderVisitor): void {
    visitOrders(this.state, side, visit);
  }

  /** A hash of the content: equal books give equal hashes, whatever their history. 16 hexadecimal digits. */
  stateHash(): string {
    return stateHashOf(this);
  }

  /** The content as canonical plain data. */
  snapshot(): BookSnapshot {
    return snapshotOf(this);
  }
}

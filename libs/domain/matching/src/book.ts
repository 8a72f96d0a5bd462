import { fillOrder, reduceOrder, removeOrder, restMarketOrder, restOrder, SHOW_ALL } from './apply';
import type { AuctionPrice } from './auction-price';
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
  visitMarketOrders,
  visitOrders,
} from './queries';
import { Removal, removeIfResting } from './removal';
import { restoreState } from './restore';
import { type BegunOrders, resumeUncrossing } from './resume-uncrossing';
import type { SelfTradeAction } from './self-trade';
import type { Side } from './side';
import { type BookSnapshot, checkSnapshot, snapshotOf } from './snapshot';
import { type OrderSource, stateHashOf } from './state-hash';
import { type RemainderPolicy, submitOrder } from './submit';
import { type PreventionLimits, type SelfTradeRule, UNLIMITED, Uncrossing } from './uncross';
import { UncrossPlan } from './uncross-plan';

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
  /** The last uncrossing that was not given a plan of its own. */
  readonly uncrossing = new UncrossPlan();
  /** What the last `removeIfResting` removed. */
  readonly removed = new Removal();
  private readonly state: BookState;
  private readonly auction = new Uncrossing();

  /** The capacity is a hint that saves growing; the book holds up to `OPEN_ORDERS_MAX` orders in any case. */
  constructor(ordersCapacity = 64) {
    this.state = new BookState(ordersCapacity);
  }

  /** Builds a book from a snapshot. All of it is checked before anything is built; throws if any of it is wrong. */
  static restore(plain: unknown): OrderBook {
    const snapshot = checkSnapshot(plain);
    const book = new OrderBook(snapshot.bids.orderIds.length + snapshot.asks.orderIds.length);
    restoreState(book.state, snapshot);
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

  /** The price, volume and surplus with which a call auction would end now, or undefined if nothing would trade. */
  indicativePrice(referencePriceTicks: number): AuctionPrice | undefined {
    return this.auction.indicate(this.state, referencePriceTicks);
  }

  /**
   * Writes the end of a call auction into the plan, changing nothing, and answers the number of fills: one price by the most
   * volume, then the least surplus, then the nearest to the reference; orders at market first, then by price and time; icebergs
   * with all they have. See `UncrossPlan` for how to apply it, and for what limits of prevention make of it.
   */
  planUncrossing(
    referencePriceTicks: number,
    selfTrade: SelfTradeAction | SelfTradeRule = 'ALLOW',
    plan = this.uncrossing,
    limits: PreventionLimits = UNLIMITED,
  ): number {
    const rule = typeof selfTrade === 'function' ? selfTrade : () => selfTrade;
    return this.auction.plan(this.state, referencePriceTicks, rule, plan, limits);
  }

  /**
   * Writes the next fills of an uncrossing that is carried out bit by bit: its price is found, its preventions and the fills up to
   * those of `begun` are applied. Bit by bit comes to the same fills as the whole. Answers their number.
   */
  resumeUncrossing(priceTicks: number, begun: BegunOrders, fillsMax: number, plan = this.uncrossing): number {
    return resumeUncrossing(this.state, priceTicks, begun, fillsMax, plan);
  }

  // Applying: one event each.

  /**
   * Rests an order behind all others of its price, without matching it. With a display quantity below its own
   * (`isDisplayLots`) it is an iceberg, of which no more than that shows at a time. Throws on a resting id or a full book.
   */
  rest(
    orderId: number,
    side: Side,
    priceTicks: number,
    quantityLots: number,
    owner = NO_OWNER,
    displayLots = SHOW_ALL,
  ): void {
    restOrder(this.state, orderId, side, priceTicks, quantityLots, owner, displayLots);
  }

  /**
   * Lets an order without a limit wait for a call auction, where it comes before every limit. It is in no level and `plan`
   * does not see it; remove what the uncrossing leaves of it. Throws as `rest` does.
   */
  restAtMarket(orderId: number, side: Side, quantityLots: number, owner = NO_OWNER): void {
    restMarketOrder(this.state, orderId, side, quantityLots, owner);
  }

  /**
   * Takes the lots of one trade from an order: what a plan's or an uncrossing's fill says. It keeps its place, unless it is an
   * iceberg whose displayed lots are gone, which shows itself anew behind the others of its price; at zero it is removed.
   * Answers the lots left. Throws if it has fewer.
   */
  fill(orderId: number, quantityLots: number): number {
    return fillOrder(this.state, orderId, quantityLots);
  }

  /**
   * Takes lots from an order without a trade: a replacement that only reduces, or self-trade prevention. It keeps its place,
   * and an iceberg's hidden lots go first; at zero it is removed. Answers the lots left. Throws if it has fewer.
   */
  reduce(orderId: number, quantityLots: number): number {
    return reduceOrder(this.state, orderId, quantityLots);
  }

  /** Removes an order and answers the lots it still had, hidden ones included. Throws if it does not rest. */
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
    displayLots = SHOW_ALL,
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
      displayLots,
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

  /** How many orders rest on a side, those at market included. */
  orderCountOf(side: Side): number {
    return this.state.sideOf(side).orderCount;
  }

  /** How many orders of a side have a limit: those that everybody may see. */
  limitOrderCountOf(side: Side): number {
    const { orderCount, market } = this.state.sideOf(side);
    return market === NONE ? orderCount : orderCount - this.state.levels.orderCounts[market]!;
  }

  /** How many prices of a side have orders. */
  levelCountOf(side: Side): number {
    return this.state.sideOf(side).levelCount;
  }

  /** The sum of all lots that a side displays, those of orders at market included. */
  totalLotsOf(side: Side): number {
    return this.state.sideOf(side).totalLots;
  }

  /** The sum of all lots that a side's icebergs hide. Not for market data. */
  hiddenLotsOf(side: Side): number {
    return this.state.sideOf(side).hiddenLots;
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

  /** Visits the orders of a side that have a limit, in priority order. The visitor must not change the book. */
  forEachOrder(side: Side, visit: OrderVisitor): void {
    visitOrders(this.state, side, visit);
  }

  /** Visits the orders of a side that wait for a call auction without a limit, oldest first. It must not change the book. */
  forEachMarketOrder(side: Side, visit: OrderVisitor): void {
    visitMarketOrders(this.state, side, visit);
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

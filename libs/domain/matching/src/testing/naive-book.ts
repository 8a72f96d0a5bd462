import { MARKET, NO_OWNER } from '../limits';
import type { OrderVisitor } from '../queries';
import type { SelfTradeAction } from '../self-trade';
import { oppositeOf, type Side } from '../side';
import { type OrderSource, stateHashOf } from '../state-hash';
import type { RemainderPolicy } from '../submit';

/** An order as the naive book holds it. The price of an order at market is `MARKET`. */
export interface NaiveOrder {
  readonly orderId: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly owner: number;
  /** What an iceberg shows anew; `Infinity` for an order that shows all. */
  readonly displayLots: number;
  shownLots: number;
  hiddenLots: number;
}

/** A fill as the naive book reports it. */
export interface NaiveFill {
  readonly makerOrderId: number;
  readonly priceTicks: number;
  readonly quantityLots: number;
}

/** All that an order still has. */
export function openLots(order: NaiveOrder): number {
  return order.shownLots + order.hiddenLots;
}

/**
 * A book that is right at a glance and as slow as it looks: one list in order of arrival, sorted anew by price for each
 * question (the sort is stable, so equal prices stay in order of arrival). The fast book must agree with it.
 */
export class NaiveBook implements OrderSource {
  /** What the last submitted order took from its owner's resting ones without a trade. */
  lost: (readonly [orderId: number, lots: number])[] = [];
  private resting: NaiveOrder[] = [];

  queue(side: Side, within: (order: NaiveOrder) => boolean = () => true): NaiveOrder[] {
    const better = side === 'BUY' ? 1 : -1;
    return this.resting
      .filter((order) => order.side === side && order.priceTicks !== MARKET && within(order))
      .sort((a, b) => better * (b.priceTicks - a.priceTicks));
  }

  matches(side: Side, limitPriceTicks: number): NaiveOrder[] {
    return this.queue(oppositeOf(side), (maker) => {
      if (limitPriceTicks === MARKET) return true;
      return side === 'BUY' ? maker.priceTicks <= limitPriceTicks : maker.priceTicks >= limitPriceTicks;
    });
  }

  availableLots(side: Side, limitPriceTicks: number): number {
    return this.matches(side, limitPriceTicks).reduce((sum, maker) => sum + openLots(maker), 0);
  }

  submit(
    orderId: number,
    side: Side,
    limitPriceTicks: number,
    quantityLots: number,
    owner: number,
    policy: RemainderPolicy,
    selfTrade: SelfTradeAction = 'ALLOW',
    displayLots = 0,
  ): NaiveFill[] {
    const before = this.resting.map((order) => ({ ...order }));
    const fills: NaiveFill[] = [];
    this.lost = [];
    let left = quantityLots;
    let isCancelled = false;
    let queue = this.matches(side, limitPriceTicks);
    for (let maker = queue[0]; maker && left > 0 && !isCancelled; maker = queue[0]) {
      const isIceberg = maker.hiddenLots > 0;
      const lots = Math.min(left, maker.shownLots);
      if (maker.owner !== owner || owner === NO_OWNER || selfTrade === 'ALLOW') {
        fills.push({ makerOrderId: maker.orderId, priceTicks: maker.priceTicks, quantityLots: lots });
        this.fill(maker.orderId, lots);
        left -= lots;
      } else if (selfTrade === 'DECREMENT') {
        const lost = Math.min(left, openLots(maker));
        this.lost.push([maker.orderId, lost]);
        this.reduce(maker.orderId, lost);
        left -= lost;
      } else {
        if (selfTrade !== 'CANCEL_NEWEST') {
          this.lost.push([maker.orderId, openLots(maker)]);
          this.remove(maker.orderId);
        }
        if (selfTrade === 'CANCEL_NEWEST' || selfTrade === 'CANCEL_BOTH') isCancelled = true;
      }
      queue = isIceberg ? this.matches(side, limitPriceTicks) : queue.slice(1);
    }
    if (policy === 'FOK' && fills.reduce((sum, fill) => sum + fill.quantityLots, 0) < quantityLots) {
      this.resting = before;
      this.lost = [];
      return [];
    }
    const mayRest = left > 0 && !isCancelled && policy === 'GTC' && limitPriceTicks !== MARKET;
    if (mayRest) this.rest(orderId, side, limitPriceTicks, left, owner, displayLots);
    return fills;
  }

  rest(
    orderId: number,
    side: Side,
    priceTicks: number,
    quantityLots: number,
    owner: number,
    display = 0,
  ): void {
    const displayLots = display === 0 ? Infinity : display;
    const shownLots = Math.min(quantityLots, displayLots);
    const hiddenLots = quantityLots - shownLots;
    this.resting.push({ orderId, side, priceTicks, owner, displayLots, shownLots, hiddenLots });
  }

  /** A trade: when nothing is shown any more, what is hidden shows itself anew as the latest arrival. */
  fill(orderId: number, quantityLots: number): void {
    const order = this.orderOf(orderId);
    const left = openLots(order) - quantityLots;
    if (quantityLots < order.shownLots) {
      order.shownLots -= quantityLots;
      return;
    }
    this.remove(orderId);
    if (left === 0) return;
    const shownLots = Math.min(left, order.displayLots);
    this.resting.push({ ...order, shownLots, hiddenLots: left - shownLots });
  }

  /** No trade: what is hidden goes first, and the order stays where it is. */
  reduce(orderId: number, quantityLots: number): void {
    const order = this.orderOf(orderId);
    const left = openLots(order) - quantityLots;
    order.shownLots = Math.min(order.shownLots, left);
    order.hiddenLots = left - order.shownLots;
    if (left === 0) this.remove(orderId);
  }

  remove(orderId: number): void {
    this.resting = this.resting.filter((candidate) => candidate.orderId !== orderId);
  }

  orderOf(orderId: number): NaiveOrder {
    const order = this.find(orderId);
    if (!order) throw new Error(`naive book: no order ${orderId}`);
    return order;
  }

  find(orderId: number): NaiveOrder | undefined {
    return this.resting.find((candidate) => candidate.orderId === orderId);
  }

  orderAt(index: number): NaiveOrder | undefined {
    return this.resting[index];
  }

  get orderCount(): number {
    return this.resting.length;
  }

  orderCountOf(side: Side): number {
    return this.resting.filter((order) => order.side === side).length;
  }

  forEachOrder(side: Side, visit: OrderVisitor): void {
    for (const order of this.queue(side)) visitOne(order, visit);
  }

  forEachMarketOrder(side: Side, visit: OrderVisitor): void {
    for (const order of this.atMarket(side)) visitOne(order, visit);
  }

  atMarket(side: Side): NaiveOrder[] {
    return this.resting.filter((order) => order.side === side && order.priceTicks === MARKET);
  }

  stateHash(): string {
    return stateHashOf(this);
  }
}

function visitOne(order: NaiveOrder, visit: OrderVisitor): void {
  const { orderId, priceTicks, shownLots, owner, hiddenLots, displayLots } = order;
  visit(orderId, priceTicks, shownLots, owner, hiddenLots, hiddenLots === 0 ? 0 : displayLots);
}

import { MARKET, NO_OWNER } from '../limits';
import type { OrderVisitor } from '../queries';
import type { SelfTradeAction } from '../self-trade';
import { oppositeOf, type Side } from '../side';
import { type OrderSource, stateHashOf } from '../state-hash';
import type { RemainderPolicy } from '../submit';

interface NaiveOrder {
  readonly orderId: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly owner: number;
  quantityLots: number;
}

/** A fill as the naive book reports it. */
export interface NaiveFill {
  readonly makerOrderId: number;
  readonly priceTicks: number;
  readonly quantityLots: number;
}

/**
 * A book that is right at a glance and as slow as it looks: one list in order of arrival, sorted anew by price for each
 * question (the sort is stable, so equal prices stay in order of arrival). The fast book must agree with it.
 */
export class NaiveBook implements OrderSource {
  private resting: NaiveOrder[] = [];

  queue(side: Side, within: (order: NaiveOrder) => boolean = () => true): NaiveOrder[] {
    const better = side === 'BUY' ? 1 : -1;
    return this.resting
      .filter((order) => order.side === side && within(order))
      .sort((a, b) => better * (b.priceTicks - a.priceTicks));
  }

  matches(side: Side, limitPriceTicks: number): NaiveOrder[] {
    return this.queue(oppositeOf(side), (maker) => {
      if (limitPriceTicks === MARKET) return true;
      return side === 'BUY' ? maker.priceTicks <= limitPriceTicks : maker.priceTicks >= limitPriceTicks;
    });
  }

  availableLots(side: Side, limitPriceTicks: number): number {
    return this.matches(side, limitPriceTicks).reduce((sum, maker) => sum + maker.quantityLots, 0);
  }

  submit(
    orderId: number,
    side: Side,
    limitPriceTicks: number,
    quantityLots: number,
    owner: number,
    policy: RemainderPolicy,
    selfTrade: SelfTradeAction = 'ALLOW',
  ): NaiveFill[] {
    const before = this.resting.map((order) => ({ ...order }));
    const fills: NaiveFill[] = [];
    let left = quantityLots;
    let isCancelled = false;
    for (const maker of this.matches(side, limitPriceTicks)) {
      if (left === 0 || isCancelled) break;
      const lots = Math.min(left, maker.quantityLots);
      if (maker.owner !== owner || owner === NO_OWNER || selfTrade === 'ALLOW') {
        fills.push({ makerOrderId: maker.orderId, priceTicks: maker.priceTicks, quantityLots: lots });
        this.reduce(maker.orderId, lots);
        left -= lots;
      } else if (selfTrade === 'DECREMENT') {
        this.reduce(maker.orderId, lots);
        left -= lots;
      } else {
        if (selfTrade === 'CANCEL_OLDEST' || selfTrade === 'CANCEL_BOTH') this.remove(maker.orderId);
        if (selfTrade === 'CANCEL_NEWEST' || selfTrade === 'CANCEL_BOTH') isCancelled = true;
      }
    }
    if (policy === 'FOK' && fills.reduce((sum, fill) => sum + fill.quantityLots, 0) < quantityLots) {
      this.resting = before;
      return [];
    }
    if (left > 0 && !isCancelled && policy === 'GTC' && limitPriceTicks !== MARKET) {
      this.resting.push({ orderId, side, priceTicks: limitPriceTicks, quantityLots: left, owner });
    }
    return fills;
  }

  reduce(orderId: number, quantityLots: number): void {
    const order = this.resting.find((candidate) => candidate.orderId === orderId);
    if (!order) throw new Error(`naive book: no order ${orderId}`);
    order.quantityLots -= quantityLots;
    this.resting = this.resting.filter((candidate) => candidate.quantityLots > 0);
  }

  remove(orderId: number): void {
    this.resting = this.resting.filter((candidate) => candidate.orderId !== orderId);
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
    for (const order of this.queue(side)) {
      visit(order.orderId, order.priceTicks, order.quantityLots, order.owner);
    }
  }

  stateHash(): string {
    return stateHashOf(this);
  }
}

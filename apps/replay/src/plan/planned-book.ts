import type { Side } from '@clearway/platform-feeds';

/** A part of an order as the plan believes it to rest. */
export interface PlannedOrder {
  /** Index of its place command. */
  readonly command: number;
  /** The exchange's order id, 0 for what stands for orders whose id no row names. */
  orderId: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly participant: number;
  /** True when the part exists to be canceled by a later reduction of its order. */
  readonly forReduction: boolean;
  lots: number;
}

/** The orders of one price, oldest first. */
interface PlannedLevel {
  readonly priceTicks: number;
  readonly orders: PlannedOrder[];
  lots: number;
}

/** One side's levels, best first. */
class PlannedSide {
  readonly levels: PlannedLevel[] = [];

  constructor(private readonly side: Side) {}

  /** Index of the price, or where it would stand. */
  indexOf(priceTicks: number): number {
    let low = 0;
    let high = this.levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.isBetter(this.levels[middle]!.priceTicks, priceTicks)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  at(priceTicks: number): PlannedLevel | undefined {
    const level = this.levels[this.indexOf(priceTicks)];
    return level?.priceTicks === priceTicks ? level : undefined;
  }

  isBetter(priceTicks: number, thanTicks: number): boolean {
    return this.side === 'BUY' ? priceTicks > thanTicks : priceTicks < thanTicks;
  }
}

/**
 * The book as the data implies it: executions come off the order that the row names, whoever stands at the front. The real
 * book takes them off the front; the comparison of the two is what the replay reports as matches and mismatches.
 */
export class PlannedBook {
  private readonly sides = { BUY: new PlannedSide('BUY'), SELL: new PlannedSide('SELL') };
  private readonly parts = new Map<number, PlannedOrder[]>();

  /** Rests an order behind all others of its price. */
  rest(order: PlannedOrder): void {
    const side = this.sides[order.side];
    const index = side.indexOf(order.priceTicks);
    let level = side.levels[index];
    if (level?.priceTicks !== order.priceTicks) {
      level = { priceTicks: order.priceTicks, orders: [], lots: 0 };
      side.levels.splice(index, 0, level);
    }
    level.orders.push(order);
    level.lots += order.lots;
    if (order.orderId > 0) this.partsOf(order.orderId).push(order);
  }

  /** Gives an order of unknown origin its id, now that a row is known to name it. */
  name(order: PlannedOrder, orderId: number): void {
    order.orderId = orderId;
    this.partsOf(orderId).push(order);
  }

  /** Takes lots off an order; at zero it leaves the book. */
  reduce(order: PlannedOrder, lots: number): void {
    const side = this.sides[order.side];
    const level = side.at(order.priceTicks);
    if (!level || order.lots < lots)
      throw new Error(`order ${order.command} of the plan has no ${lots} lots`);
    order.lots -= lots;
    level.lots -= lots;
    if (order.lots === 0) this.drop(order, level.orders);
    if (level.orders.length === 0) side.levels.splice(side.indexOf(order.priceTicks), 1);
  }

  /** The parts of an order that still rest, in their order of entry: a list of the caller's own, so the book may change. */
  ordersOf(orderId: number): readonly PlannedOrder[] {
    return this.parts.get(orderId)?.slice() ?? [];
  }

  /** The orders at a price, oldest first: a list of the caller's own. */
  ordersAt(side: Side, priceTicks: number): readonly PlannedOrder[] {
    return this.sides[side].at(priceTicks)?.orders.slice() ?? [];
  }

  /** Shares at a price, 0 when there are none. */
  lotsAt(side: Side, priceTicks: number): number {
    return this.sides[side].at(priceTicks)?.lots ?? 0;
  }

  /** The best `count` prices of a side with their shares. */
  best(side: Side, count: number): readonly { readonly priceTicks: number; readonly lots: number }[] {
    return this.sides[side].levels.slice(0, count);
  }

  /** Orders at prices of the side that are better than the given one (or as good, with `orAt`), best first. */
  ordersBetter(side: Side, thanTicks: number, orAt: boolean): PlannedOrder[] {
    const book = this.sides[side];
    const found: PlannedOrder[] = [];
    for (const level of book.levels) {
      if (!book.isBetter(level.priceTicks, thanTicks) && !(orAt && level.priceTicks === thanTicks)) break;
      found.push(...level.orders);
    }
    return found;
  }

  private drop(order: PlannedOrder, orders: PlannedOrder[]): void {
    orders.splice(orders.indexOf(order), 1);
    if (order.orderId === 0) return;
    const parts = this.partsOf(order.orderId);
    parts.splice(parts.indexOf(order), 1);
    if (parts.length === 0) this.parts.delete(order.orderId);
  }

  private partsOf(orderId: number): PlannedOrder[] {
    const parts = this.parts.get(orderId) ?? [];
    this.parts.set(orderId, parts);
    return parts;
  }
}

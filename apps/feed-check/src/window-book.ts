import { OrderBook } from '@clearway/domain-matching';
import type { LobsterMessage, Side } from '@clearway/platform-feeds';

/** A level as the order book file has it, in the file's units. */
export interface WindowLevel {
  readonly price: number;
  readonly size: number;
}

/** How often something happened that the messages alone do not tell. */
export interface WindowCounts {
  /** Levels whose size was taken from the book row, because they came into the window. */
  adopted: number;
  /** Levels that were forgotten, because they left the window. */
  forgotten: number;
  /** Messages about orders from before the window, taken from what is at their price without a name. */
  unnamed: number;
}

/** Ids of what rests without a name stand above all of the exchange's. */
const UNNAMED_FIRST = 2 ** 52;

/**
 * Rebuilds the part of a book that is seen through a window of its best levels. Every message is applied to a real order book.
 * A file lists only what happens inside its window, so a level that leaves it is forgotten with its orders, and one that enters
 * it at the far edge is adopted with the size that the book row gives, as one order without a name. Nothing else is ever taken
 * from the rows: within the window the messages must account for every share.
 */
export class WindowBook {
  readonly counts: WindowCounts = { adopted: 0, forgotten: 0, unnamed: 0 };
  private readonly book = new OrderBook();
  private readonly idsAt = { BUY: new Map<number, Set<number>>(), SELL: new Map<number, Set<number>>() };
  private unnamedNext = UNNAMED_FIRST;

  constructor(private readonly levelsMax: number) {}

  /** Applies a message. Answers what is wrong with it, or undefined: then the book is as the message says. */
  apply(message: LobsterMessage): string | undefined {
    switch (message.event) {
      case 'add':
        return this.add(message);
      case 'reduce':
      case 'delete':
      case 'execute':
        return this.reduce(message);
      default:
        return undefined;
    }
  }

  /** Forgets what left the window on a side and adopts what came in at its far edge. */
  followWindow(side: Side, shown: readonly WindowLevel[]): void {
    const levels = this.book.depth(side, this.levelsMax + 2);
    for (const { priceTicks } of levels.slice(this.levelsMax)) this.forget(side, priceTicks);
    const worst = levels[Math.min(levels.length, this.levelsMax) - 1]?.priceTicks;
    const missing = Math.max(0, shown.length - levels.length);
    for (const level of shown.slice(shown.length - missing)) {
      const isBeyond = worst === undefined || (side === 'BUY' ? level.price < worst : level.price > worst);
      if (isBeyond) this.adopt(side, level);
    }
  }

  /** The best levels of a side, as many as the window has at most. */
  levels(side: Side): WindowLevel[] {
    return this.book
      .depth(side, this.levelsMax)
      .map(({ priceTicks, quantityLots }) => ({ price: priceTicks, size: quantityLots }));
  }

  private add({ orderId, side, price, size }: LobsterMessage): string | undefined {
    if (this.book.has(orderId)) return `order ${orderId} is added twice`;
    this.rest(orderId, side, price, size);
    return undefined;
  }

  private reduce({ event, orderId, side, price, size }: LobsterMessage): string | undefined {
    const order = this.book.order(orderId);
    if (order === undefined) return this.reduceUnnamed(side, price, size);
    if (order.side !== side || order.priceTicks !== price)
      return `order ${orderId} does not rest at ${price}`;
    if (order.quantityLots < size || (event === 'delete' && order.quantityLots !== size))
      return `order ${orderId} has ${order.quantityLots} shares, not ${size}`;
    this.take(orderId, side, price, size);
    return undefined;
  }

  private reduceUnnamed(side: Side, price: number, size: number): string | undefined {
    this.counts.unnamed++;
    const unnamed = [...(this.idsAt[side].get(price) ?? [])].find((id) => id >= UNNAMED_FIRST);
    const open = unnamed === undefined ? 0 : this.book.order(unnamed)!.quantityLots;
    if (unnamed === undefined || open < size) return `only ${open} shares without a name rest at ${price}`;
    this.take(unnamed, side, price, size);
    return undefined;
  }

  private take(orderId: number, side: Side, price: number, size: number): void {
    if (this.book.reduce(orderId, size) > 0) return;
    const ids = this.idsAt[side].get(price)!;
    ids.delete(orderId);
    if (ids.size === 0) this.idsAt[side].delete(price);
  }

  private rest(orderId: number, side: Side, price: number, size: number): void {
    this.book.rest(orderId, side, price, size);
    const ids = this.idsAt[side].get(price) ?? new Set();
    this.idsAt[side].set(price, ids.add(orderId));
  }

  private adopt(side: Side, { price, size }: WindowLevel): void {
    this.counts.adopted++;
    this.rest(this.unnamedNext++, side, price, size);
  }

  private forget(side: Side, price: number): void {
    this.counts.forgotten++;
    for (const id of this.idsAt[side].get(price) ?? []) this.book.remove(id);
    this.idsAt[side].delete(price);
  }
}

import { OrderBook, type Side, TwoLaneHasher } from '@clearway/domain-matching';

/**
 * One change of one order, as everybody may see it. With a side the order joins the back of its price; without, it is known,
 * keeps its place and shows this many lots from now on, 0 when it has left the book.
 */
export interface OrderChange {
  readonly orderNumber: number;
  readonly side: Side | undefined;
  /** 0 for known orders. */
  readonly priceTicks: number;
  readonly quantityLots: number;
}

/** One price of one side. Quantity 0: nothing rests there any more, or it is out of the levels asked for. */
export interface DepthLevel {
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly orders: number;
}

/** A side and a price of it. */
export interface TouchedLevel {
  readonly side: Side;
  readonly priceTicks: number;
}

/** The change does not fit the image: something before it was lost. */
export class BrokenImageError extends Error {
  override readonly name = 'BrokenImageError';
}

/**
 * The book of one instrument as everybody may see it, order by order, without owners. The server keeps one that follows what
 * is durable, and every reader one that follows its messages; both are made by the same changes and hash alike.
 */
export class BookImage {
  private book = new OrderBook();

  /** Forgets everything. */
  clear(): void {
    this.book = new OrderBook();
  }

  /**
   * Applies a change and says which level it touched.
   * @throws BrokenImageError and changes nothing if the change cannot follow what the image holds
   */
  apply({ orderNumber, side, priceTicks, quantityLots }: OrderChange): TouchedLevel {
    const known = this.book.order(orderNumber);
    if (side !== undefined) {
      if (known) throw new BrokenImageError(`order ${orderNumber} is in the book already`);
      this.book.rest(orderNumber, side, priceTicks, quantityLots);
      return { side, priceTicks };
    }
    if (!known || quantityLots >= known.quantityLots)
      throw new BrokenImageError(
        `order ${orderNumber} has ${known?.quantityLots ?? 0} lots and cannot have ${quantityLots} left`,
      );
    this.book.reduce(orderNumber, known.quantityLots - quantityLots);
    return known;
  }

  /** How many orders rest. */
  get orderCount(): number {
    return this.book.orderCount;
  }

  /** The best level of a side. */
  best(side: Side): DepthLevel | undefined {
    return this.depth(side, 1)[0];
  }

  /** The best levels of a side, best first. */
  depth(side: Side, levelsMax: number): DepthLevel[] {
    return this.book
      .depth(side, levelsMax)
      .map(({ priceTicks, quantityLots, orderCount }) => ({ priceTicks, quantityLots, orders: orderCount }));
  }

  /** The level at a price, with quantity 0 if nothing rests there. */
  level(side: Side, priceTicks: number): DepthLevel {
    const level = this.book.level(side, priceTicks);
    return { priceTicks, quantityLots: level?.quantityLots ?? 0, orders: level?.orderCount ?? 0 };
  }

  /** Every order of both sides in priority order, as the changes that would build the image. */
  orders(): OrderChange[] {
    const orders: OrderChange[] = [];
    for (const side of ['BUY', 'SELL'] as const)
      this.book.forEachOrder(side, (orderNumber, priceTicks, quantityLots) => {
        orders.push({ orderNumber, side, priceTicks, quantityLots });
      });
    return orders;
  }

  /** Hash of both sides order by order: see `ordersHashOf`. */
  hash(): string {
    return ordersHashOf(this.book);
  }
}

/** Of a book what the hash needs. */
export type HashedBook = Pick<OrderBook, 'limitOrderCountOf' | 'forEachOrder'>;

/**
 * The hash of a book order by order, bids before asks: for each side the number of orders with a limit (those at market
 * that wait for an auction are not shown), then of each order in priority
 * order its number, price and quantity. It finds accidents, it does not withstand forgers. 16 hexadecimal digits.
 */
export function ordersHashOf(book: HashedBook): string {
  const hasher = new TwoLaneHasher();
  for (const side of ['BUY', 'SELL'] as const) {
    hasher.addNumber(book.limitOrderCountOf(side));
    book.forEachOrder(side, (orderNumber, priceTicks, quantityLots) => {
      hasher.addNumber(orderNumber);
      hasher.addNumber(priceTicks);
      hasher.addNumber(quantityLots);
    });
  }
  return hasher.digest();
}

import { isPriceTicks, isQuantityLots, OrderBook } from '@clearway/domain-matching';
import type { ItchView } from '@clearway/platform-feeds';

/**
 * The books of all stocks of an ITCH file by the stock's number of the day. An order's price is in ten-thousandths, its
 * quantity in shares, its id the order reference number.
 */
export class ItchBooks {
  private readonly books = new Map<number, OrderBook>();

  /** The stocks that had an order. */
  get bookCount(): number {
    return this.books.size;
  }

  /** The orders that rest in all books. */
  get orderCount(): number {
    let count = 0;
    for (const book of this.books.values()) count += book.orderCount;
    return count;
  }

  /** A stock's book, or undefined if it never had an order. */
  book(stockLocate: number): OrderBook | undefined {
    return this.books.get(stockLocate);
  }

  /** Applies a message. Answers what is impossible about it (then nothing changed), or undefined. */
  apply(message: ItchView): string | undefined {
    switch (message.type) {
      case 'A':
      case 'F':
        return this.add(message);
      case 'E':
      case 'C':
      case 'X':
        return this.reduce(message);
      case 'D':
        return this.remove(message);
      case 'U':
        return this.replace(message);
      default:
        return undefined;
    }
  }

  private add(message: ItchView): string | undefined {
    const side = message.isBuy ? 'BUY' : 'SELL';
    const { orderReferenceNumber: id, price, shares, stockLocate } = message;
    return rest(this.bookOf(stockLocate), id, side, price, shares);
  }

  private reduce(message: ItchView): string | undefined {
    const { orderReferenceNumber: id, reducedShares } = message;
    const book = this.bookOf(message.stockLocate);
    const openShares = book.order(id)?.quantityLots;
    if (openShares === undefined) return `order ${id} does not rest`;
    if (!isQuantityLots(reducedShares) || reducedShares > openShares)
      return `order ${id} has ${openShares} shares, not ${reducedShares}`;
    book.reduce(id, reducedShares);
    return undefined;
  }

  private remove({ orderReferenceNumber: id, stockLocate }: ItchView): string | undefined {
    return this.bookOf(stockLocate).removeIfResting(id) ? undefined : `order ${id} does not rest`;
  }

  /** The new order has the old one's side and stock, and stands behind all others of its price. */
  private replace(message: ItchView): string | undefined {
    const { orderReferenceNumber: oldId, newOrderReferenceNumber: newId } = message;
    const book = this.bookOf(message.stockLocate);
    const order = book.order(oldId);
    if (order === undefined) return `order ${oldId} does not rest`;
    const fault = rest(book, newId, order.side, message.newPrice, message.newShares);
    if (fault === undefined) book.remove(oldId);
    return fault;
  }

  private bookOf(stockLocate: number): OrderBook {
    let book = this.books.get(stockLocate);
    if (book === undefined) {
      book = new OrderBook();
      this.books.set(stockLocate, book);
    }
    return book;
  }
}

function rest(
  book: OrderBook,
  id: number,
  side: 'BUY' | 'SELL',
  price: number,
  shares: number,
): string | undefined {
  if (id === 0 || book.has(id)) return `order ${id} cannot be added`;
  if (!isPriceTicks(price) || !isQuantityLots(shares)) return `order ${id} cannot have ${shares} at ${price}`;
  if (book.isFull) return 'the book is full';
  book.rest(id, side, price, shares);
  return undefined;
}

import { OrderBook } from '../book';
import { TwoLaneHasher } from '../state-hash';

/** A second book that knows of the first only what its listener is told; a call that forgets to tell makes them differ. */
export class BookMirror {
  private readonly mirror = new OrderBook();

  constructor(private readonly watched: OrderBook) {
    const { mirror } = this;
    watched.listen({
      added: (orderId, side, priceTicks, quantityLots) =>
        mirror.rest(orderId, side, priceTicks, quantityLots),
      reduced: (orderId, leavesLots) => {
        const openLots = mirror.order(orderId)?.quantityLots ?? 0;
        mirror.reduce(orderId, openLots - leavesLots);
      },
      removed: (orderId) => void mirror.remove(orderId),
    });
  }

  /** True if both books show the same orders in the same priority; owners are nobody's business. */
  isEqual(): boolean {
    return publicHash(this.mirror) === publicHash(this.watched);
  }
}

function publicHash(book: OrderBook): string {
  const hasher = new TwoLaneHasher();
  for (const side of ['BUY', 'SELL'] as const) {
    hasher.addNumber(book.levelCountOf(side));
    book.forEachOrder(side, (orderId, priceTicks, quantityLots) => {
      hasher.addNumber(orderId);
      hasher.addNumber(priceTicks);
      hasher.addNumber(quantityLots);
    });
  }
  return hasher.digest();
}

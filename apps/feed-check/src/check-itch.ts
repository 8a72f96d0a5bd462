import { type ItchTotals, type ItchView, readItchFile } from '@clearway/platform-feeds';
import { ItchBooks } from './itch-books';

/** What rebuilding all books of an ITCH file gave. */
export interface ItchCheck extends ItchTotals {
  readonly books: number;
  /** Orders that rest when the file is over. */
  readonly openOrders: number;
  /** Messages that cannot be true of the books: an unknown order, more shares than it has, an id twice. */
  readonly faultCount: number;
  /** The first of them, as sentences. */
  readonly faults: readonly string[];
  /** How many messages of each type were met, by letter. */
  readonly byType: ReadonlyMap<string, number>;
}

const FAULTS_MAX = 10;

/**
 * Rebuilds every stock's book from an ITCH 5.0 file. Such a file has no order book beside it, so what is checked is that every
 * message is possible in the books that the messages before it made. Memory grows with the orders that rest, not with the file.
 */
export async function checkItch(file: string): Promise<ItchCheck> {
  const books = new ItchBooks();
  const byType = new Map<string, number>();
  const faults: string[] = [];
  let faultCount = 0;
  const totals = await readItchFile(file, (message: ItchView) => {
    const { type } = message;
    byType.set(type, (byType.get(type) ?? 0) + 1);
    const fault = books.apply(message);
    if (fault === undefined) return;
    faultCount++;
    if (faults.length < FAULTS_MAX) faults.push(`${type} at ${message.timestampNs} ns: ${fault}`);
  });
  return {
    ...totals,
    books: books.bookCount,
    openOrders: books.orderCount,
    faultCount,
    faults,
    byType,
  };
}

import type { OrderVisitor } from './queries';
import type { Side } from './side';

/** Anything whose orders can be visited in priority order; the fast book and its naive twin hash alike through it. */
export interface OrderSource {
  orderCountOf(side: Side): number;
  forEachOrder(side: Side, visit: OrderVisitor): void;
  forEachMarketOrder(side: Side, visit: OrderVisitor): void;
}

/** Stands before what only icebergs have, and before orders at market, so that a book without them hashes as it always did. */
const ICEBERG_MARK = 0x1ceb_e46;
const MARKET_MARK = 0x3a4_2c7;

/**
 * A hash of a book's content: the orders of both sides in priority order. Equal content gives equal hashes however it
 * came about. It finds accidents (two lanes of 32 bits), it does not withstand forgers: signed things hash snapshots.
 * Answers 16 hexadecimal digits.
 */
export function stateHashOf(source: OrderSource): string {
  const hasher = new TwoLaneHasher();
  for (const side of ['BUY', 'SELL'] as const) {
    hasher.addNumber(source.orderCountOf(side));
    source.forEachOrder(side, hasher.addOrder);
    source.forEachMarketOrder(side, (...order) => {
      hasher.addWord(MARKET_MARK);
      hasher.addOrder(...order);
    });
  }
  return hasher.digest();
}

/** Two lanes of MurmurHash3 (x86, 32 bits) with different constants: 64 bits that find accidents, not forgers. */
export class TwoLaneHasher {
  private first = 0x2545f491;
  private second = 0x1b873593;
  private words = 0;

  /** Adds an order. */
  readonly addOrder: OrderVisitor = (orderId, priceTicks, quantityLots, owner, reserveLots, displayLots) => {
    this.addNumber(orderId);
    this.addNumber(priceTicks);
    this.addNumber(quantityLots);
    this.addWord(owner);
    if (reserveLots === 0) return;
    this.addWord(ICEBERG_MARK);
    this.addNumber(reserveLots);
    this.addNumber(displayLots);
  };

  /** Adds a safe integer from 0 up, as two words. */
  addNumber(value: number): void {
    const low = value >>> 0;
    this.addWord(low);
    this.addWord((value - low) / 2 ** 32);
  }

  /** Adds a 32-bit integer of either sign. */
  addWord(word: number): void {
    this.first = Math.imul(rotate(this.first ^ mix(word, 0xcc9e2d51, 15, 0x1b873593), 13), 5) + 0xe6546b64;
    this.second = Math.imul(rotate(this.second ^ mix(word, 0x239b961b, 17, 0xab0e9789), 15), 5) + 0x561ccd1b;
    this.words++;
  }

  /** The hash of what was added, as 16 hexadecimal digits. */
  digest(): string {
    return hex(finish(this.first ^ this.words)) + hex(finish(this.second ^ this.words));
  }
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function mix(word: number, before: number, bits: number, after: number): number {
  return Math.imul(rotate(Math.imul(word, before), bits), after);
}

function finish(lane: number): number {
  const once = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}

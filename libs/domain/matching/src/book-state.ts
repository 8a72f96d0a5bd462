import type { BookListener } from './book-listener';
import { BookSide } from './book-side';
import { LevelPool } from './level-pool';
import { OrderIndex } from './order-index';
import { OrderPool } from './order-pool';
import { RefreshQueue } from './refresh-queue';
import type { Side } from './side';

/** All that a book holds. The functions of `plan`, `apply`, `queries` and `state-hash` work on it; only `apply` changes it. */
export class BookState {
  readonly orders: OrderPool;
  readonly index: OrderIndex;
  readonly levels = new LevelPool();
  readonly bids = new BookSide('BUY', this.levels);
  readonly asks = new BookSide('SELL', this.levels);
  /** Told of each change by `apply`. */
  listener: BookListener | undefined;
  /** Working memory of planning. */
  readonly refreshed = new RefreshQueue();
  /** How many orders hide lots. While it is 0 nothing looks for reserves. */
  icebergCount = 0;

  constructor(ordersCapacity: number) {
    this.orders = new OrderPool(ordersCapacity);
    this.index = new OrderIndex(ordersCapacity);
  }

  /** The side where orders of the given side rest. */
  sideOf(side: Side): BookSide {
    return side === 'BUY' ? this.bids : this.asks;
  }

  /** The side that a new order of the given side would trade against. */
  against(side: Side): BookSide {
    return side === 'BUY' ? this.asks : this.bids;
  }

  /** The side on which the level is. */
  sideOfLevel(level: number): BookSide {
    return this.levels.signs[level] === 1 ? this.bids : this.asks;
  }
}

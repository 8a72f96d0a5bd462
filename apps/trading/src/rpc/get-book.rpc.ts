import type { marketdata } from '@clearway/contracts';
import { fields, type UnaryHandler } from '@clearway/platform-rpc';
import { levelToWire } from '../codec/market-data.codec';
import type { InstrumentOf } from '../codec/order.codec';
import type { MarketFeed } from '../effects/market-feed';
import { SYMBOL } from './symbol-rule';

const DEPTH_DEFAULT = 10;
const DEPTH_MAX = 1_000;
const ORDERS = { kind: 'orders' } as const;

/** Answers the best levels of a book and the hash of all of it. */
export function getBookRpc(
  feed: MarketFeed,
  instrumentOf: InstrumentOf,
): UnaryHandler<marketdata.GetBookRequest, marketdata.GetBookResponse> {
  return async ({ symbol, depth }) => {
    const check = fields();
    check.text('symbol', symbol, SYMBOL);
    check.integer('depth', depth, 0, DEPTH_MAX);
    check.done();
    const { state, book } = feed.view(symbol);
    const instrument = instrumentOf(symbol);
    const sequence = feed.publisher.settledSequence({ symbol, choice: ORDERS });
    const levels = (side: 'BUY' | 'SELL') =>
      book.depth(side, depth || DEPTH_DEFAULT).map((level) => levelToWire(instrument, level));
    return {
      symbol,
      bids: levels('BUY'),
      asks: levels('SELL'),
      status: state.status,
      phase: state.phase,
      orders: book.orderCount,
      hash: book.hash(),
      epoch: feed.publisher.epoch,
      sequence,
      atMicros: state.atMicros,
    };
  };
}

import type { marketdata } from '@clearway/contracts';
import { INTERVAL_MICROS } from '@clearway/domain-market-data';
import { intervalFromWire } from '@clearway/platform-market-data';
import { fields, RpcError, type UnaryHandler } from '@clearway/platform-rpc';
import { candleToWire, STORED_SECONDS } from '../codec/market-data.codec';
import type { InstrumentOf } from '../codec/order.codec';
import type { MarketFeed } from '../effects/market-feed';
import type { MarketHistory } from '../projections/market-history';
import { SYMBOL } from './symbol-rule';

const PAGE_SIZE_DEFAULT = 100;
const PAGE_SIZE_MAX = 1_000;
/** Whole intervals are added to it, so it stays well below what is exact. */
const BEFORE_MICROS_MAX = 2 ** 52;

/** Lists an instrument's candles, newest first. */
export function listCandlesRpc(
  feed: MarketFeed,
  instrumentOf: InstrumentOf,
  history: MarketHistory,
): UnaryHandler<marketdata.ListCandlesRequest, marketdata.ListCandlesResponse> {
  return async ({ symbol, interval, beforeMicros, pageSize }) => {
    const name = intervalFromWire(interval);
    const check = fields();
    check.text('symbol', symbol, SYMBOL);
    check.require(name !== undefined, 'interval', 'has no known value');
    check.integer('before_micros', beforeMicros, 0, BEFORE_MICROS_MAX);
    check.done();
    if (name === undefined) throw new Error('checked above');
    if (pageSize > PAGE_SIZE_MAX)
      throw new RpcError('INVALID_PAGE', `page_size is at most ${PAGE_SIZE_MAX}.`);
    feed.view(symbol);
    const seconds = INTERVAL_MICROS[name] / 1_000_000;
    const before = beforeMicros || BEFORE_MICROS_MAX;
    const limit = pageSize || PAGE_SIZE_DEFAULT;
    const candles = await history.candles(symbol, seconds, STORED_SECONDS[name], before, limit);
    return { candles: candles.map((candle) => candleToWire(instrumentOf(symbol), candle)) };
  };
}

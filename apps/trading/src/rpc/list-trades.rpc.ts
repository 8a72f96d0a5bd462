import type { marketdata } from '@clearway/contracts';
import { fields, RpcError, type UnaryHandler } from '@clearway/platform-rpc';
import { tradeToWire } from '../codec/market-data.codec';
import type { InstrumentOf } from '../codec/order.codec';
import type { MarketFeed } from '../effects/market-feed';
import { type MarketHistory, NEWEST_TRADES, type TradePosition } from '../projections/market-history';
import { SYMBOL } from './symbol-rule';

const PAGE_TOKEN = /^([1-9][0-9]{0,15})-([1-9][0-9]{0,15})$/;

/** Lists an instrument's trades, newest first. */
export function listTradesRpc(
  feed: MarketFeed,
  instrumentOf: InstrumentOf,
  history: MarketHistory,
  shardId: string,
): UnaryHandler<marketdata.ListTradesRequest, marketdata.ListTradesResponse> {
  return async (request) => {
    const { symbol } = request;
    const check = fields();
    check.text('symbol', symbol, SYMBOL);
    const pageSize = check.pageSize(request.pageSize);
    check.done();
    const before = positionOf(request.pageToken);
    feed.view(symbol);
    const instrument = instrumentOf(symbol);
    const trades = await history.trades(symbol, before, pageSize + 1);
    const page = trades.slice(0, pageSize);
    const last = page.at(-1);
    const isMore = trades.length > pageSize && last !== undefined;
    return {
      trades: page.map((trade) => tradeToWire(instrument, shardId, trade)),
      nextPageToken: isMore ? `${last.atMicros}-${last.tradeNumber}` : '',
    };
  };
}

function positionOf(pageToken: string): TradePosition {
  if (pageToken === '') return NEWEST_TRADES;
  const [, atMicros, tradeNumber] = PAGE_TOKEN.exec(pageToken) ?? [];
  if (atMicros === undefined) throw new RpcError('INVALID_PAGE', 'page_token is not from an answer.');
  return { atMicros: Number(atMicros), tradeNumber: Number(tradeNumber) };
}

import { ENCODED_MARKET_DATA_SERVICE, serveSubscribe } from '@clearway/platform-market-data';
import { type RpcService, rpcService } from '@clearway/platform-rpc';
import type { InstrumentOf } from '../codec/order.codec';
import type { MarketFeed } from '../effects/market-feed';
import type { MarketHistory } from '../projections/market-history';
import * as allow from './allow';
import { getBookRpc } from './get-book.rpc';
import { getStatisticsRpc } from './get-statistics.rpc';
import { listCandlesRpc } from './list-candles.rpc';
import { listTradesRpc } from './list-trades.rpc';

/** What market data is answered from. */
export interface MarketDataParts {
  readonly feed: MarketFeed;
  readonly history: MarketHistory;
  readonly instrumentOf: InstrumentOf;
  readonly shardId: string;
  readonly nowMicros: () => number;
}

/** Serves what everybody may see. */
export function marketDataService({
  feed,
  history,
  instrumentOf,
  shardId,
  nowMicros,
}: MarketDataParts): RpcService {
  return rpcService<typeof ENCODED_MARKET_DATA_SERVICE>({
    definition: ENCODED_MARKET_DATA_SERVICE,
    allow: allow.MARKET_DATA_SERVICE,
    handlers: {
      getBook: getBookRpc(feed, instrumentOf),
      getStatistics: getStatisticsRpc(feed, instrumentOf, nowMicros),
      listTrades: listTradesRpc(feed, instrumentOf, history, shardId),
      listCandles: listCandlesRpc(feed, instrumentOf, history),
      subscribe: serveSubscribe(() => feed.publisher),
    },
  });
}

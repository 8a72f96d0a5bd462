import type { marketdata } from '@clearway/contracts';
import { statisticsOf } from '@clearway/domain-market-data';
import { fields, RpcError, type UnaryHandler } from '@clearway/platform-rpc';
import { formatPrice } from '../codec/decimal.codec';
import { figuresToWire } from '../codec/market-data.codec';
import type { InstrumentOf } from '../codec/order.codec';
import type { MarketFeed } from '../effects/market-feed';
import { SYMBOL } from './symbol-rule';

/** Answers the day's figures and the indicators of an instrument. */
export function getStatisticsRpc(
  feed: MarketFeed,
  instrumentOf: InstrumentOf,
  nowMicros: () => number,
): UnaryHandler<marketdata.GetStatisticsRequest, marketdata.GetStatisticsResponse> {
  return async ({ symbol }) => {
    const check = fields();
    check.text('symbol', symbol, SYMBOL);
    check.done();
    const { state, book, history, hasHistory } = feed.view(symbol);
    if (!hasHistory) throw new RpcError('NOT_READY', 'The history of trades is still being read.');
    const instrument = instrumentOf(symbol);
    const asOfMicros = Math.max(nowMicros(), state.atMicros);
    const [bid, ask] = [book.best('BUY'), book.best('SELL')];
    return {
      symbol,
      ...figuresToWire(instrument, statisticsOf(history, asOfMicros)),
      bidPrice: bid ? formatPrice(instrument, bid.priceTicks) : '',
      askPrice: ask ? formatPrice(instrument, ask.priceTicks) : '',
      status: state.status,
      asOfMicros,
    };
  };
}

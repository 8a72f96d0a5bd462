import { marketdata } from '@clearway/contracts';
import type { CandleInterval } from '@clearway/domain-market-data';
import { type FieldCheck, fields, type TextRule } from '@clearway/platform-rpc';
import { intervalFromWire } from './candle-intervals';
import { DEPTHS } from './channels/depth-channel';
import type { ChannelChoice } from './instrument-feed';
import type { Subscription } from './market-data-hub';

const SYMBOLS_MAX = 100;
const CHANNELS_MAX = 5;
/** What a symbol that is only looked up may look like: no listed one is longer. */
const SYMBOL: TextRule = { charsMax: 64 };
const { CHANNEL_QUOTES, CHANNEL_DEPTH, CHANNEL_ORDERS, CHANNEL_TRADES, CHANNEL_CANDLES } = marketdata.Channel;
const { CANDLE_INTERVAL_UNSPECIFIED, CANDLE_INTERVAL_1M } = marketdata.CandleInterval;

/** What a request subscribes to, each once. Throws FIELD_INVALID with everything that is wrong with it. */
export function subscriptionsOf(request: marketdata.SubscribeRequest): Subscription[] {
  const { symbols, channels, depth, candleInterval } = request;
  const check = fields();
  checkSymbols(check, symbols);
  check.require(channels.length > 0, 'channels', 'must have at least one item');
  check.list('channels', channels, CHANNELS_MAX);
  check.require(DEPTHS.includes(depth), 'depth', `must be one of ${DEPTHS.join(', ')}`);
  const isUnset = candleInterval === CANDLE_INTERVAL_UNSPECIFIED;
  const interval = intervalFromWire(isUnset ? CANDLE_INTERVAL_1M : candleInterval);
  check.require(interval !== undefined, 'candle_interval', 'has no known value');
  const choices = [...new Set(channels)].map((channel) => choiceOf(channel, depth, interval ?? '1m'));
  check.require(!choices.includes(undefined), 'channels', 'has no known value');
  check.done();
  return [...new Set(symbols)].flatMap((symbol) =>
    choices.flatMap((choice) => (choice ? [{ symbol, choice }] : [])),
  );
}

function checkSymbols(check: FieldCheck, symbols: readonly string[]): void {
  check.require(symbols.length > 0, 'symbols', 'must have at least one item');
  check.list('symbols', symbols, SYMBOLS_MAX);
  for (const symbol of symbols) check.text('symbols', symbol, SYMBOL);
}

function choiceOf(
  channel: marketdata.Channel,
  levels: number,
  interval: CandleInterval,
): ChannelChoice | undefined {
  switch (channel) {
    case CHANNEL_QUOTES:
      return { kind: 'quotes' };
    case CHANNEL_DEPTH:
      return { kind: 'depth', levels };
    case CHANNEL_ORDERS:
      return { kind: 'orders' };
    case CHANNEL_TRADES:
      return { kind: 'trades' };
    case CHANNEL_CANDLES:
      return { kind: 'candles', interval };
    default:
      return undefined;
  }
}

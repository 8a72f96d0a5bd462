import { marketdata } from '@clearway/contracts';
import { type ChannelChoice, DEPTHS, type Subscription } from '@clearway/platform-market-data';
import { fields, type ServerStreamHandler } from '@clearway/platform-rpc';
import { intervalFromWire } from '../codec/market-data.codec';
import type { MarketFeed } from '../effects/market-feed';
import { SYMBOL } from './symbol-rule';

const SYMBOLS_MAX = 100;
const CHANNELS_MAX = 5;
const { CHANNEL_QUOTES, CHANNEL_DEPTH, CHANNEL_ORDERS, CHANNEL_TRADES, CHANNEL_CANDLES } = marketdata.Channel;
const KNOWN_CHANNELS: readonly marketdata.Channel[] = [
  CHANNEL_QUOTES,
  CHANNEL_DEPTH,
  CHANNEL_ORDERS,
  CHANNEL_TRADES,
  CHANNEL_CANDLES,
];

/** Sends snapshots and changes until the caller goes. Messages come encoded: their bytes are shared by all who are sent them. */
export function subscribeMarketDataRpc(
  feed: MarketFeed,
): ServerStreamHandler<marketdata.SubscribeRequest, Buffer> {
  return async (request, call, stream) => {
    const choices = choicesOf(request);
    const symbols = [...new Set(request.symbols)];
    for (const symbol of symbols) feed.view(symbol);
    const subscriptions: Subscription[] = symbols.flatMap((symbol) =>
      choices.map((choice) => ({ symbol, choice })),
    );
    const sink = {
      write: (message: Uint8Array) => stream.write(bufferOf(message)),
      drained: () => stream.drained(),
    };
    const unsubscribe = feed.publisher.subscribe(sink, subscriptions);
    try {
      await aborted(call.signal);
    } finally {
      unsubscribe();
    }
  };
}

function choicesOf({
  symbols,
  channels,
  depth,
  candleInterval,
}: marketdata.SubscribeRequest): ChannelChoice[] {
  const { CANDLE_INTERVAL_UNSPECIFIED, CANDLE_INTERVAL_1M } = marketdata.CandleInterval;
  const wanted = candleInterval === CANDLE_INTERVAL_UNSPECIFIED ? CANDLE_INTERVAL_1M : candleInterval;
  const interval = intervalFromWire(wanted);
  const check = fields();
  check.require(symbols.length > 0, 'symbols', 'must have at least one item');
  check.list('symbols', symbols, SYMBOLS_MAX);
  for (const symbol of symbols) check.text('symbols', symbol, SYMBOL);
  check.require(channels.length > 0, 'channels', 'must have at least one item');
  check.list('channels', channels, CHANNELS_MAX);
  for (const channel of channels) check.oneOf('channels', channel, KNOWN_CHANNELS);
  check.require(DEPTHS.includes(depth), 'depth', `must be one of ${DEPTHS.join(', ')}`);
  check.require(interval !== undefined, 'candle_interval', 'has no known value');
  check.done();
  if (interval === undefined) throw new Error('checked above');
  return [...new Set(channels)].map((channel) => choiceOf(channel, depth, interval.interval));
}

function choiceOf(
  channel: marketdata.Channel,
  levels: number,
  interval: Extract<ChannelChoice, { kind: 'candles' }>['interval'],
): ChannelChoice {
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
      throw new Error(`channel ${channel} was checked before`);
  }
}

/** The same bytes as the type that grpc-js takes, without a copy. */
function bufferOf(message: Uint8Array): Buffer {
  return Buffer.isBuffer(message) ? message : Buffer.from(message.buffer, message.byteOffset, message.length);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

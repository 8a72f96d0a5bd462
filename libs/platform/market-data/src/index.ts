/** Publishes market data to any number of subscribers: one encoding a message, bounded memory a subscriber. */
export { intervalFromWire } from './candle-intervals';
export { DEPTHS } from './channels/depth-channel';
export { ENCODED_MARKET_DATA_SERVICE } from './encoded-service';
export type { ChannelChoice } from './instrument-feed';
export type { InstrumentUnits } from './instrument-state';
export { MARKET_DATA_LIMITS_DEFAULT, type MarketDataLimits } from './limits';
export {
  type ChannelKind,
  type InstrumentView,
  MarketDataHub,
  type MarketDataHubOptions,
  type Subscription,
} from './market-data-hub';
export type { PublicChange } from './public-change';
export { QuotePublisher, type QuoteTaker } from './quote-publisher';
export { serveSubscribe } from './serve-subscribe';
export type { MessageSink } from './subscriber';
export type { TopicCounts } from './topic';

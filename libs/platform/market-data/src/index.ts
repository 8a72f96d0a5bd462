/** Publishes market data to any number of subscribers: one encoding a message, bounded memory a subscriber. */
export { DEPTHS } from './channels/depth-channel';
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
export type { MessageSink } from './subscriber';
export type { TopicCounts } from './topic';

/** Follows market data: rebuilds books from snapshots and changes, notices gaps, and proves them equal to the server's by hash. */
export { ChannelFollower, type Followed, type FollowerCounts } from './channel-follower';
export { type LastQuote, LastQuotes, QUOTES_SCOPE } from './last-quotes';
export { MarketDataFollower } from './market-data-follower';
export { MarketDataReader, type MarketDataReaderOptions } from './market-data-reader';

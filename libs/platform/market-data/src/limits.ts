/** What the fan-out keeps and how much of the process it takes; every figure bounds memory or time. */
export interface MarketDataLimits {
  /** Messages that a topic keeps for readers that are behind. */
  readonly keptMessagesMax: number;
  /** Bytes of those messages. */
  readonly keptBytesMax: number;
  /** Messages of depth that are kept: a reader that is further behind gets the newest levels instead. */
  readonly keptDepthMessagesMax: number;
  /** A snapshot is used again for the next reader while no more messages than this came after it. */
  readonly snapshotAgeMessagesMax: number;
  /** Orders or levels in one message of a snapshot. */
  readonly snapshotPartMax: number;
  /** Changes of one instrument that are gathered before they are sent whatever the pace. */
  readonly gatheredChangesMax: number;
  /** What one message to one subscriber costs the process, for the pace; see `npm run bench:marketdata`. */
  readonly writeCostMicros: number;
  /** Part of the process's time that writing may take: what is more waits and is gathered into fewer messages. */
  readonly writeShareMax: number;
  /** Time between two hashes of a channel; 0 puts one on every message. */
  readonly hashIntervalMicros: number;
}

/** Sane for a service that has better things to do than to write. */
export const MARKET_DATA_LIMITS_DEFAULT: MarketDataLimits = {
  keptMessagesMax: 1_024,
  keptBytesMax: 1_024 * 1_024,
  keptDepthMessagesMax: 32,
  snapshotAgeMessagesMax: 64,
  snapshotPartMax: 5_000,
  gatheredChangesMax: 5_000,
  writeCostMicros: 12,
  writeShareMax: 0.25,
  hashIntervalMicros: 1_000_000,
};

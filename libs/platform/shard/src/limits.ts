/** Every bound of a shard. Each may be lowered in tests; the defaults are meant for production. */
export interface ShardLimits {
  /** Commands taken but not answered yet, decided or not; beyond it callers get OVERLOADED. */
  readonly queuedCommandsMax: number;
  /** Commands decided in one synchronous turn, except that a submitMany is never split. */
  readonly commandsPerTurnMax: number;
  /** A turn stops deciding once its batch has this many bytes. */
  readonly batchBytesMax: number;
  /** Riding events are flushed on their own once they have this many bytes. */
  readonly carriedBytesMax: number;
  /** Riding events wait this long at most for a batch to ride with. */
  readonly carriedDelayMs: number;
  /** A turn begins no sooner than this after the last batch was sent, so that what comes meanwhile shares a batch. */
  readonly turnIntervalMs: number;
  /** Batches on their way to the journal at once: 1 or 2. */
  readonly batchesInFlightMax: number;
  /** Recent batches kept in memory for the feed's subscribers; slower ones read Postgres. */
  readonly feedBufferBytesMax: number;
  /** How often a standby asks for the lease. */
  readonly standbyPollIntervalMs: number;
}

/** The limits of a shard for which nothing else is said. */
export const SHARD_LIMITS_DEFAULT: ShardLimits = {
  queuedCommandsMax: 20_000,
  commandsPerTurnMax: 2_000,
  batchBytesMax: 1_048_576,
  carriedBytesMax: 262_144,
  carriedDelayMs: 20,
  turnIntervalMs: 5,
  batchesInFlightMax: 2,
  feedBufferBytesMax: 16_777_216,
  standbyPollIntervalMs: 250,
};

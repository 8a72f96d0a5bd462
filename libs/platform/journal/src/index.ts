export { APPENDS_IN_FLIGHT_MAX, Appender, type AppendInput } from './appender';
export { type BatchSource, pollingSource } from './batch-source';
export { BatchWriter } from './batch-writer';
export { type CommittedBatch, JOURNAL_START, type Position } from './committed-batch';
export { crc32c } from './crc32c';
export { decodeBatch, decodeEvents, type JournaledEvent } from './decode-events';
export {
  AppendFailedError,
  ChainBrokenError,
  EventArchivedError,
  EventBeyondHeadError,
  type FencedCause,
  FencedError,
} from './errors';
export { type CommandContextInput, type EventCodec, PLATFORM_TYPE_PREFIX } from './event-codec';
export {
  type BatchAppender,
  type HeldLease,
  Journal,
  type LeaseListeners,
  type ShardJournal,
} from './journal';
export {
  LEASE_HEARTBEAT_INTERVAL_MS,
  LEASE_TTL_MS,
  type LeaseAttempt,
  type LeaseGrant,
  LeaseKeeper,
} from './lease';
export { journalMigrations } from './migrations';
export { decodePlain, decodeSteps, encodeParts, encodePlain, plainHash } from './plain-codec';
export { verifyChain } from './read-batches';
export { SNAPSHOTS_KEPT_MAX, type Snapshot } from './snapshots';

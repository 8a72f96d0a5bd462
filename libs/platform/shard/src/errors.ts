/**
 * The shard does not take this command now: it does not own its journal yet (NOT_READY), it is closing (DRAINING), or it has
 * stopped. After a stop the command may have happened; the caller retries with the same key, here or at the next owner.
 */
export class ShardUnavailableError extends Error {
  override readonly name = 'ShardUnavailableError';
  readonly reason: 'NOT_READY' | 'DRAINING';
  readonly shard: string;

  constructor(shard: string, reason: 'NOT_READY' | 'DRAINING', message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.shard = shard;
    this.reason = reason;
  }
}

/** Too many commands wait already. Nothing happened; the caller waits and retries. RPC maps it to RESOURCE_EXHAUSTED. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
  readonly reason = 'OVERLOADED';
  readonly shard: string;
  /** A hint for RetryInfo. */
  readonly retryAfterMs: number;

  constructor(shard: string, queuedCommandsMax: number, retryAfterMs: number) {
    super(`${shard} has ${queuedCommandsMax} commands waiting`);
    this.shard = shard;
    this.retryAfterMs = retryAfterMs;
  }
}

/** This process does not own the shard that a feed was asked for. */
export class UnknownShardError extends Error {
  override readonly name = 'UnknownShardError';
  readonly reason = 'UNKNOWN_SHARD';

  constructor(shard: string) {
    super(`There is no shard ${shard} here`);
  }
}

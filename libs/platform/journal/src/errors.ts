/** Why an append was refused: somebody else holds the shard now, or the batch does not follow the journal's last one. */
export type FencedCause = 'LEASE_TAKEN' | 'POSITION_TAKEN';

/**
 * The journal did not accept a batch, because this process may no longer write the shard. Nothing was written. The only right
 * reaction is to stop the process: what it holds in memory is not what the journal says.
 */
export class FencedError extends Error {
  override readonly name = 'FencedError';
  readonly shard: string;
  readonly fencedCause: FencedCause;

  constructor(shard: string, fencedCause: FencedCause, message: string) {
    super(message);
    this.shard = shard;
    this.fencedCause = fencedCause;
  }
}

/**
 * An append failed, and the journal's head shows that the batch is not durable. A later look may show otherwise only if the
 * head could not be read at all (`isKnown` false). Either way the process stops and comes back from the journal.
 */
export class AppendFailedError extends Error {
  override readonly name = 'AppendFailedError';
  readonly shard: string;
  readonly sequence: number;
  /** True when the head was read and the batch was not there. */
  readonly isKnown: boolean;

  constructor(shard: string, sequence: number, isKnown: boolean, cause: unknown) {
    const outcome = isKnown ? 'is not in the journal' : 'has an unknown outcome';
    super(`Batch ${sequence} of ${shard} ${outcome} after a failed append`, { cause });
    this.shard = shard;
    this.sequence = sequence;
    this.isKnown = isKnown;
  }
}

/** The stored batches do not form a chain: one is missing, out of place, or its bytes are not the ones that were written. */
export class ChainBrokenError extends Error {
  override readonly name = 'ChainBrokenError';
  readonly shard: string;
  readonly sequence: number;

  constructor(shard: string, sequence: number, what: string) {
    super(`Journal of ${shard} is broken at batch ${sequence}: ${what}`);
    this.shard = shard;
    this.sequence = sequence;
  }
}

/** A cursor lies behind the oldest batch that this database still keeps: the events before it were archived. */
export class EventArchivedError extends Error {
  override readonly name = 'EventArchivedError';
  readonly shard: string;
  readonly firstKept: number;

  constructor(shard: string, wanted: number, firstKept: number) {
    super(`Event ${wanted} of ${shard} was archived; the first one kept is ${firstKept}`);
    this.shard = shard;
    this.firstKept = firstKept;
  }
}

/** A cursor lies beyond the journal's head: whoever holds it has seen events that this journal never had. */
export class EventBeyondHeadError extends Error {
  override readonly name = 'EventBeyondHeadError';
  readonly reason = 'EVENT_BEYOND_HEAD';
  readonly shard: string;

  constructor(shard: string, wanted: number, nextEvent: number) {
    super(`Event ${wanted} of ${shard} was asked for, but the next one will be ${nextEvent}`);
    this.shard = shard;
  }
}

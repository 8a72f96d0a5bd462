/** One row of the journal: everything that one commit made durable, in the order of the shard's events. */
export interface CommittedBatch {
  readonly shard: string;
  /** 1 for the first batch; the next batch has the next number. */
  readonly sequence: number;
  /** Epoch of the owner who wrote it. */
  readonly epoch: number;
  /** Number of its first event; the journal's first event is number 0. */
  readonly firstEvent: number;
  readonly eventCount: number;
  /** Encoded clearway.journal.v1.Batch. Treat it as immutable: it is shared by everyone who reads the batch. */
  readonly payload: Buffer;
  /** CRC-32C of the payload. */
  readonly crc32c: number;
}

/** Where a journal stands: what the next batch and the next event will be numbered. */
export interface Position {
  readonly nextSequence: number;
  readonly nextEvent: number;
}

/** The position of an empty journal. */
export const JOURNAL_START: Position = { nextSequence: 1, nextEvent: 0 };

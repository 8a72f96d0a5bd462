/** What a shard has done since it began to serve; counters only grow. */
export interface ShardStats {
  readonly commands: number;
  readonly turns: number;
  readonly batches: number;
  readonly events: number;
  readonly payloadBytes: number;
  readonly reads: number;
  /** Commands refused because the queue was full. */
  readonly overloads: number;
  /** Batches by size: element i counts those of at most 2^i events. */
  readonly batchSizes: readonly number[];
  readonly batchSizeAvg: number;
  readonly commitMsAvg: number;
  readonly commitMsMax: number;
  /** Commands waiting now. */
  readonly queueDepth: number;
  /** Batches on their way to the journal now. */
  readonly batchesInFlight: number;
}

const BATCH_SIZE_BUCKETS = 20;

/** Counts for ShardStats, cheap enough for the hot path. */
export class ShardCounters {
  commands = 0;
  turns = 0;
  reads = 0;
  overloads = 0;
  #batches = 0;
  #events = 0;
  #payloadBytes = 0;
  #commitMsSum = 0;
  #commitMsMax = 0;
  readonly #batchSizes: number[] = Array.from({ length: BATCH_SIZE_BUCKETS }, () => 0);

  countBatch(events: number, payloadBytes: number, commitMs: number): void {
    this.#batches++;
    this.#events += events;
    this.#payloadBytes += payloadBytes;
    this.#commitMsSum += commitMs;
    this.#commitMsMax = Math.max(this.#commitMsMax, commitMs);
    const bucket = Math.min(BATCH_SIZE_BUCKETS - 1, 32 - Math.clz32(events - 1));
    this.#batchSizes[bucket]! += 1;
  }

  read(queueDepth: number, batchesInFlight: number): ShardStats {
    const batches = this.#batches;
    return {
      commands: this.commands,
      turns: this.turns,
      batches,
      events: this.#events,
      payloadBytes: this.#payloadBytes,
      reads: this.reads,
      overloads: this.overloads,
      batchSizes: [...this.#batchSizes],
      batchSizeAvg: batches === 0 ? 0 : this.#events / batches,
      commitMsAvg: batches === 0 ? 0 : this.#commitMsSum / batches,
      commitMsMax: this.#commitMsMax,
      queueDepth,
      batchesInFlight,
    };
  }
}

import {
  type BatchSource,
  type CommittedBatch,
  EventBeyondHeadError,
  type Position,
  type ShardJournal,
} from '@clearway/platform-journal';

const READ_BATCHES_MAX = 64;

/**
 * A live shard's committed batches, from any event on: from memory while they are recent, else from Postgres. Subscribers pull
 * at their own pace, so a slow one costs nothing but its own reads and never holds up the shard.
 */
export class Feed implements BatchSource {
  readonly #journal: Pick<ShardJournal, 'readBatches'>;
  readonly #shard: string;
  readonly #bufferBytesMax: number;
  #recent: CommittedBatch[] = [];
  #head = 0;
  #bytes = 0;
  #nextEvent: number;
  #closed: Error | 'closed' | undefined;
  readonly #sleepers = new Set<() => void>();

  constructor(
    journal: Pick<ShardJournal, 'readBatches'>,
    shard: string,
    position: Position,
    bufferBytesMax: number,
  ) {
    this.#journal = journal;
    this.#shard = shard;
    this.#nextEvent = position.nextEvent;
    this.#bufferBytesMax = bufferBytesMax;
  }

  /** Adds the next committed batch and wakes whoever waits for it. */
  publish(batch: CommittedBatch): void {
    if (batch.firstEvent !== this.#nextEvent) throw new Error(`Feed of ${this.#shard} has a gap`);
    this.#recent.push(batch);
    this.#bytes += batch.payload.length;
    this.#nextEvent = batch.firstEvent + batch.eventCount;
    while (this.#bytes > this.#bufferBytesMax && this.#head < this.#recent.length) {
      this.#bytes -= this.#recent[this.#head]!.payload.length;
      this.#head++;
    }
    if (this.#head * 2 > this.#recent.length) this.#compact();
    this.#wakeAll();
  }

  /** Ends every subscription, with the error if there is one. */
  close(error?: Error): void {
    this.#closed ??= error ?? 'closed';
    this.#wakeAll();
  }

  /**
   * See BatchSource.
   * @throws EventBeyondHeadError when the cursor is ahead of the journal
   */
  async *subscribe(
    fromEvent: number,
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<CommittedBatch> {
    const { signal } = options;
    if (fromEvent > this.#nextEvent) throw new EventBeyondHeadError(this.#shard, fromEvent, this.#nextEvent);
    const onAbort = (): void => this.#wakeAll();
    signal.addEventListener('abort', onAbort);
    try {
      let cursor = fromEvent;
      while (!signal.aborted && this.#closed !== 'closed') {
        if (this.#closed !== undefined) throw this.#closed;
        if (cursor >= this.#nextEvent) await this.#sleep();
        else {
          for (const batch of await this.#batchesFrom(cursor)) {
            if (signal.aborted) return;
            yield batch;
            cursor = batch.firstEvent + batch.eventCount;
          }
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** At least one batch: the cursor is before the head. */
  async #batchesFrom(cursor: number): Promise<readonly CommittedBatch[]> {
    const index = this.#indexOf(cursor);
    if (index !== undefined) return this.#recent.slice(index, index + READ_BATCHES_MAX);
    const batches = await this.#journal.readBatches(this.#shard, cursor, READ_BATCHES_MAX);
    if (batches.length === 0) throw new Error(`Events from ${cursor} of ${this.#shard} are missing`);
    return batches.filter(({ firstEvent }) => firstEvent < this.#nextEvent);
  }

  /** Binary search for the batch that holds the event; undefined when memory begins later. */
  #indexOf(event: number): number | undefined {
    const oldest = this.#recent[this.#head];
    if (oldest === undefined || event < oldest.firstEvent) return undefined;
    let low = this.#head;
    let high = this.#recent.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#recent[middle]!.firstEvent <= event) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  async #sleep(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#sleepers.add(resolve);
    });
  }

  #wakeAll(): void {
    for (const wake of this.#sleepers) wake();
    this.#sleepers.clear();
  }

  #compact(): void {
    this.#recent = this.#recent.slice(this.#head);
    this.#head = 0;
  }
}

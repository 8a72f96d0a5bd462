import type { CommittedBatch } from '@clearway/platform-journal';

/** What one transaction of a projection is made of at most; a larger batch is applied whole. */
export interface BufferLimits {
  readonly eventsMax: number;
  /** Of the batches' payloads. */
  readonly bytesMax: number;
}

/**
 * Holds what the source gave while the last transaction was being committed, so that a projection that is behind applies
 * many batches at once. Bounded by events and bytes: when it is full, the source is not asked for more.
 */
export class BatchBuffer {
  readonly #limits: BufferLimits;
  #batches: CommittedBatch[] = [];
  #events = 0;
  #bytes = 0;
  #end: { readonly error: Error } | undefined;
  #wakeReader: (() => void) | undefined;
  #wakeTaker: (() => void) | undefined;
  readonly #onFull: () => void;

  /** @param onFull called when the source has to wait until something is taken */
  constructor(limits: BufferLimits, onFull: () => void) {
    this.#limits = limits;
    this.#onFull = onFull;
  }

  /** True while the source has to wait. */
  get isFull(): boolean {
    return this.#events >= this.#limits.eventsMax || this.#bytes >= this.#limits.bytesMax;
  }

  /** Reads the source until it ends or fails; the taker hears of that after all that came before. */
  async fill(source: AsyncIterable<CommittedBatch>): Promise<void> {
    try {
      for await (const batch of source) {
        this.#batches.push(batch);
        this.#events += batch.eventCount;
        this.#bytes += batch.payload.length;
        this.#wakeTaker?.();
        if (this.isFull) this.#onFull();
        while (this.isFull && this.#end === undefined) await this.#untilTaken();
        if (this.#end !== undefined) return;
      }
      this.close(new Error('The source has ended'));
    } catch (error) {
      this.close(error as Error);
    }
  }

  /** Takes all there is, waiting for the first; throws what the source failed with. */
  async take(): Promise<readonly CommittedBatch[]> {
    while (this.#batches.length === 0) {
      if (this.#end !== undefined) throw this.#end.error;
      await this.#untilFilled();
    }
    const taken = this.#batches;
    this.#batches = [];
    this.#events = 0;
    this.#bytes = 0;
    this.#wakeReader?.();
    return taken;
  }

  /** Ends both sides. */
  close(error: Error): void {
    this.#end ??= { error };
    this.#wakeReader?.();
    this.#wakeTaker?.();
  }

  async #untilTaken(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wakeReader = resolve;
    });
    this.#wakeReader = undefined;
  }

  async #untilFilled(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wakeTaker = resolve;
    });
    this.#wakeTaker = undefined;
  }
}

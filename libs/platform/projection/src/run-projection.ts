import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type BatchSource,
  type CommittedBatch,
  decodeEvents,
  type EventCodec,
  type JournaledEvent,
} from '@clearway/platform-journal';
import type { Pool, PoolClient } from 'pg';
import { BatchBuffer } from './batch-buffer';
import { CursorMovedError, moveCursor, readCursor } from './cursor';

/** The logger that a projection needs; pino's fits. */
export interface ProjectionLog {
  warn(details: object, message: string): void;
}

/** What to project, from where, into what. */
export interface ProjectionOptions<Event> {
  /** The read model's name, part of its cursor's key: a new name builds it anew from the first event. */
  readonly name: string;
  readonly shard: string;
  /** Asked again after every failure: a shard's feed, or a pollingSource. */
  readonly source: () => BatchSource;
  readonly pool: Pool;
  readonly codec: EventCodec<Event>;
  /**
   * Writes the events' rows with the client, inside the transaction that moves the cursor; it neither commits nor uses
   * another connection. Events come in order, each exactly once as far as the database is concerned.
   */
  readonly apply: (events: readonly JournaledEvent<Event>[], client: PoolClient) => Promise<void>;
  /** The types of the events that it is about; others are not even decoded. Default: all. */
  readonly types?: ReadonlySet<string>;
  /** Source batches are gathered into one transaction up to this many events; a larger batch is applied whole. Default 20,000. */
  readonly batchEventsMax?: number;
  /** … or up to this many bytes of theirs, where an event can be large. Default 8 MiB. */
  readonly batchBytesMax?: number;
  /**
   * Time between transactions, so that many small batches make one and changes of one row make one change: what lives for less
   * is never written. Who waits for the read model (`caughtUp`) and a full buffer end the pause at once. Default 3 s.
   */
  readonly gatherMs?: number;
  /** Where the journal stands, for the lag; for example the shard's durablePosition().nextEvent. */
  readonly headEvent?: () => number;
  readonly log: ProjectionLog;
}

/** How a projection is doing. */
export interface ProjectionStats {
  /** The first event that is not applied. */
  readonly nextEvent: number;
  /** Events behind the head; undefined when the head is not known. */
  readonly lagEvents: number | undefined;
  readonly events: number;
  readonly transactions: number;
  /** Failures in a row until now: 0 when it is well. */
  readonly failures: number;
}

const BATCH_EVENTS_MAX = 20_000;
const BATCH_BYTES_MAX = 8_388_608;
const GATHER_MS = 3_000;
const BACKOFF_MIN_MS = 50;
const BACKOFF_MAX_MS = 5_000;
const CAUGHT_UP_TIMEOUT_MS = 5_000;

interface Waiter {
  readonly nextEvent: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The read model has not applied the wanted events in time, or was stopped before. */
export class ProjectionLagError extends Error {
  override readonly name = 'ProjectionLagError';
}

/** Starts a projection; it runs, and comes back from every failure, until it is stopped. */
export function runProjection<Event>(options: ProjectionOptions<Event>): Projection<Event> {
  return new Projection(options);
}

/** A running projection. A read model is never the truth, so its failures are logged and retried and stop nothing else. */
export class Projection<Event> {
  readonly #options: ProjectionOptions<Event>;
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  readonly #waiters = new Set<Waiter>();
  #nextEvent = 0;
  #events = 0;
  #transactions = 0;
  #failures = 0;
  #endPause: (() => void) | undefined;

  constructor(options: ProjectionOptions<Event>) {
    this.#options = options;
    this.#done = this.#run();
  }

  /**
   * Settles when every event before number `nextEvent` is applied: give it the writing shard's
   * `durablePosition().nextEvent` to read what was written.
   * @throws ProjectionLagError after `timeoutMs`, or when the projection stops
   */
  async caughtUp(nextEvent: number, timeoutMs = CAUGHT_UP_TIMEOUT_MS): Promise<void> {
    if (this.#nextEvent >= nextEvent) return;
    if (this.#abort.signal.aborted) throw this.#lagError(nextEvent, 'is stopped');
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      const waiter = { nextEvent, resolve, reject };
      this.#waiters.add(waiter);
      this.#endPause?.();
      timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(this.#lagError(nextEvent, `is not there after ${timeoutMs} ms`));
      }, timeoutMs);
    }).finally(() => clearTimeout(timer));
  }

  stats(): ProjectionStats {
    const head = this.#options.headEvent?.();
    return {
      nextEvent: this.#nextEvent,
      lagEvents: head === undefined ? undefined : Math.max(0, head - this.#nextEvent),
      events: this.#events,
      transactions: this.#transactions,
      failures: this.#failures,
    };
  }

  /** Stops after the transaction under way. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#done;
    for (const waiter of this.#waiters) waiter.reject(this.#lagError(waiter.nextEvent, 'is stopped'));
    this.#waiters.clear();
  }

  async #run(): Promise<void> {
    const { name, shard, log } = this.#options;
    while (!this.#abort.signal.aborted) {
      try {
        await this.#follow();
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        this.#failures++;
        const delayMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** Math.min(this.#failures - 1, 10));
        if (!(error instanceof CursorMovedError))
          log.warn({ projection: name, shard, err: error, delayMs }, 'projection failed; it will try again');
        await this.#pause(delayMs);
      }
    }
  }

  /** One subscription, from the stored cursor on. Whatever fails, the cursor in the database says where to go on. */
  async #follow(): Promise<void> {
    const { pool, source, batchEventsMax, batchBytesMax } = this.#options;
    const limits = {
      eventsMax: batchEventsMax ?? BATCH_EVENTS_MAX,
      bytesMax: batchBytesMax ?? BATCH_BYTES_MAX,
    };
    this.#arrive(await readCursor(pool, this.#options));
    const ended = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, ended.signal]);
    const buffer = new BatchBuffer(limits, () => this.#endPause?.());
    signal.addEventListener('abort', () => buffer.close(new Error('The projection is stopped')));
    const filling = buffer.fill(source().subscribe(this.#nextEvent, { signal }));
    try {
      while (!signal.aborted) {
        await this.#apply(await buffer.take());
        if (this.#waiters.size === 0 && !buffer.isFull)
          await this.#pause(this.#options.gatherMs ?? GATHER_MS);
      }
    } finally {
      ended.abort();
      await filling;
    }
  }

  async #apply(batches: readonly CommittedBatch[]): Promise<void> {
    const { pool, apply } = this.#options;
    const last = batches.at(-1)!;
    const from = this.#nextEvent;
    const to = last.firstEvent + last.eventCount;
    if (batches[0]!.firstEvent > from) throw new Error(`The source left out events from ${from} on`);
    const events = await this.#decode(batches, from);
    await moveCursor(pool, this.#options, { from, to }, async (client) => {
      if (events.length > 0) await apply(events, client);
    });
    this.#events += events.length;
    this.#transactions++;
    this.#failures = 0;
    this.#arrive(to);
  }

  /** Decodes batch by batch, and lets others have their turn between two of them. */
  async #decode(batches: readonly CommittedBatch[], from: number): Promise<JournaledEvent<Event>[]> {
    const { codec, types } = this.#options;
    const events: JournaledEvent<Event>[] = [];
    for (const batch of batches) {
      for (const event of decodeEvents(batch, codec, from, types)) events.push(event);
      await nextTurn();
    }
    return events;
  }

  #arrive(nextEvent: number): void {
    this.#nextEvent = nextEvent;
    for (const waiter of this.#waiters) {
      if (waiter.nextEvent > nextEvent) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  #lagError(nextEvent: number, what: string): ProjectionLagError {
    const { name, shard } = this.#options;
    return new ProjectionLagError(
      `Projection ${name} of ${shard}: everything before event ${nextEvent} ${what}`,
    );
  }

  async #pause(delayMs: number): Promise<void> {
    const { signal } = this.#abort;
    // An abort that has been is not told again.
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#endPause = undefined;
        resolve();
      };
      this.#endPause = done;
      const timer = setTimeout(done, delayMs);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

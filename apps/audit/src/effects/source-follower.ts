import type { Append, AuditOutcome } from '@clearway/domain-audit';
import type { BatchSource, CommandContextInput } from '@clearway/platform-journal';
import { pause } from './pause';
import { appendOf } from './source-append';

/** Time before the first attempt after a failure; it doubles with each further one. */
export const RECONNECT_DELAY_MIN_MS = 100;
/** Longest time before a further attempt. */
export const RECONNECT_DELAY_MAX_MS = 2_000;

/** Source batches of one follower that wait for their commit at once: more would only queue in memory. */
export const APPENDS_IN_FLIGHT_MAX = 16;

/** What a follower appends through. */
export interface SourceAppender {
  expectedEvent(sourceShard: string): Promise<number>;
  append(command: Append, context: CommandContextInput): Promise<AuditOutcome>;
}

/** The part of a logger that followers use. */
export interface FollowerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a follower is made of. */
export interface SourceFollowerOptions {
  /** Shard to follow, for example `trading/0`. */
  readonly shard: string;
  readonly source: BatchSource;
  readonly appender: SourceAppender;
  /** Who is said to have appended: audit itself. */
  readonly actor: string;
  readonly log: FollowerLog;
}

/** How a source is being followed, for metrics and people. */
export interface FollowerStats {
  readonly shard: string;
  readonly isConnected: boolean;
  readonly batches: number;
  readonly events: number;
  readonly failures: number;
}

/** The tree did not take a batch as it came: the source is read again from where the tree stands. */
class NotAppendedError extends Error {
  override readonly name = 'NotAppendedError';

  constructor(shard: string, outcome: AuditOutcome) {
    super(`a batch of ${shard} was not appended: ${JSON.stringify(outcome)}`);
  }
}

/**
 * Follows one source's journal into the tree for as long as the process lives. Its cursor is the tree's own: each attempt asks
 * the state for the next event and subscribes from there, so whatever breaks (the source, the connection, this process),
 * nothing is lost, doubled or reordered. A source that is down costs one attempt every two seconds.
 */
export class SourceFollower {
  readonly #options: SourceFollowerOptions;
  readonly #context: CommandContextInput;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #isConnected = false;
  #batches = 0;
  #events = 0;
  #failures = 0;

  constructor(options: SourceFollowerOptions) {
    this.#options = options;
    this.#context = {
      actor: options.actor,
      address: '',
      device: '',
      traceparent: '',
      method: `audit.FollowSource/${options.shard}`,
    };
  }

  /** Begins to follow; at once back. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Stops; resolves when the last append has been answered. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  stats(): FollowerStats {
    const { shard } = this.#options;
    return {
      shard,
      isConnected: this.#isConnected,
      batches: this.#batches,
      events: this.#events,
      failures: this.#failures,
    };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let failuresInRow = 0;
    while (!signal.aborted) {
      const batchesBefore = this.#batches;
      const startedAtMs = performance.now();
      const error = await this.#follow().catch((thrown: Error) => thrown);
      this.#isConnected = false;
      if (signal.aborted) return;
      this.#failures++;
      const isFresh =
        this.#batches > batchesBefore || performance.now() - startedAtMs > RECONNECT_DELAY_MAX_MS;
      failuresInRow = isFresh ? 1 : failuresInRow + 1;
      this.#report(error, failuresInRow);
      await pause(reconnectDelayMs(failuresInRow), signal);
    }
  }

  /** One subscription, from the tree's cursor to its end. Returns why it ended, or throws. */
  async #follow(): Promise<Error> {
    const { shard, source, appender } = this.#options;
    const end = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, end.signal]);
    const inFlight = new Set<Promise<void>>();
    let failure: Error | undefined;
    const fail = (error: Error): void => {
      failure ??= error;
      end.abort();
    };
    try {
      let nextEvent = await appender.expectedEvent(shard);
      for await (const batch of source.subscribe(nextEvent, { signal })) {
        this.#connected();
        const command = appendOf(shard, batch, nextEvent);
        if (failure !== undefined) break;
        if (command === undefined) continue;
        nextEvent = batch.firstEvent + batch.eventCount;
        const work: Promise<void> = this.#append(command)
          .catch(fail)
          .finally(() => inFlight.delete(work));
        inFlight.add(work);
        if (inFlight.size >= APPENDS_IN_FLIGHT_MAX) await Promise.race(inFlight);
      }
    } catch (error) {
      failure ??= error as Error;
    } finally {
      end.abort();
      await Promise.all(inFlight);
    }
    return failure ?? new Error('the stream ended');
  }

  #connected(): void {
    if (this.#isConnected) return;
    this.#isConnected = true;
    this.#options.log.info({ shard: this.#options.shard }, 'source followed');
  }

  async #append(command: Append): Promise<void> {
    const outcome = await this.#options.appender.append(command, this.#context);
    // A duplicate is what an append whose answer was lost looks like when it is sent again.
    if (outcome.kind !== 'appended' && outcome.kind !== 'duplicate')
      throw new NotAppendedError(this.#options.shard, outcome);
    this.#batches++;
    if (outcome.kind === 'appended') this.#events += outcome.leafCount;
  }

  /** The first failure and then ever fewer, so that a source that stays away does not fill the log. */
  #report(error: Error, failuresInRow: number): void {
    const { shard, log } = this.#options;
    const fields = { shard, failuresInRow, why: error.message };
    if ((error as { reason?: unknown }).reason === 'EVENT_BEYOND_HEAD')
      log.error(fields, 'the source has fewer events than were audited: its journal was cut or replaced');
    else if (Number.isInteger(Math.log2(failuresInRow))) log.warn(fields, 'source lost, connecting again');
  }
}

/** 100 ms after the first failure in a row, doubling up to 2 s. */
export function reconnectDelayMs(failuresInRow: number): number {
  return Math.min(RECONNECT_DELAY_MAX_MS, RECONNECT_DELAY_MIN_MS * 2 ** (failuresInRow - 1));
}

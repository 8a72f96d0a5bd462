import type { Machine } from '@clearway/kernel';
import {
  type BatchSource,
  type CommandContextInput,
  type EventCodec,
  type HeldLease,
  type LeaseGrant,
  PLATFORM_TYPE_PREFIX,
  type Position,
  type ShardJournal,
} from '@clearway/platform-journal';
import type { BatchObserver } from './batch-observer';
import type { Work } from './command-queue';
import { deferred } from './deferred';
import { OverloadedError, ShardUnavailableError } from './errors';
import { Feed } from './feed';
import { SHARD_LIMITS_DEFAULT, type ShardLimits } from './limits';
import { type RebuiltState, rebuildState } from './rebuild-state';
import type { ShardStats } from './shard-stats';
import { type CutPoint, TurnLoop } from './turn-loop';

/** The logger that a shard needs; pino's fits. */
export interface ShardLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** What a shard is made of. */
export interface ShardOptions<State, Command, Event, Outcome, Output> {
  /** For example `trading/0`. */
  readonly shardId: string;
  readonly machine: Machine<State, Command, Event, Outcome, Output>;
  readonly codec: EventCodec<Event>;
  readonly journal: ShardJournal;
  /** Names one running process, for example a pod; see Journal.tryAcquire. */
  readonly owner: string;
  readonly limits?: Partial<ShardLimits>;
  /** Now, in microseconds since the epoch. */
  readonly clock: () => number;
  /** Milliseconds of a clock that only ever goes forward; only tests set another one than the process's. */
  readonly steadyMs?: () => number;
  readonly log: ShardLog;
  /** Metrics and tracing of commits. */
  readonly observer?: BatchObserver | undefined;
  /** Called once when the shard cannot go on; the process must exit non-zero and come back from the journal. */
  readonly onFatal: (error: Error) => void;
}

/**
 * standby: another process has the lease. recovering: this one has it and replays. serving: commands are taken. draining:
 * no new ones are. stopped: for good.
 */
export type ShardState = 'standby' | 'recovering' | 'serving' | 'draining' | 'stopped';

const RETRY_AFTER_MS = 100;
/** A look writes nothing, so nobody stands in the journal for it. */
const NO_CONTEXT: CommandContextInput = { actor: '', address: '', device: '', traceparent: '', method: '' };

/** Opens a shard and begins to wait for its lease. Use `whenServing` to know when it takes commands. */
export function openShard<State, Command, Event, Outcome, Output = never>(
  options: ShardOptions<State, Command, Event, Outcome, Output>,
): Shard<State, Command, Event, Outcome, Output> {
  return new Shard(options);
}

/** One machine behind its journal in this process: standby, recovery, the turn loop, its feed, and the way out. */
export class Shard<State, Command, Event, Outcome, Output = never> {
  readonly id: string;
  readonly #options: ShardOptions<State, Command, Event, Outcome, Output>;
  readonly #limits: ShardLimits;
  readonly #outputListeners: ((outputs: readonly Output[]) => void)[] = [];
  readonly #serving = deferred();
  readonly #standbyEnd = deferred();
  readonly #lifecycle: Promise<void>;
  #state: ShardState = 'standby';
  #lease: HeldLease | undefined;
  #loop: TurnLoop<State, Command, Event, Outcome, Output> | undefined;
  #feed: Feed | undefined;
  #closeAppender: (() => Promise<void>) | undefined;
  #closing: Promise<void> | undefined;
  #epoch = 0;

  constructor(options: ShardOptions<State, Command, Event, Outcome, Output>) {
    this.id = options.shardId;
    this.#options = options;
    this.#limits = { ...SHARD_LIMITS_DEFAULT, ...options.limits };
    this.#lifecycle = this.#start().catch((error: Error) => this.#fail(error));
  }

  get state(): ShardState {
    return this.#state;
  }

  /** Epoch of the lease: it grows whenever a process takes the shard over. 0 while this one does not have it. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Settles when commands are taken; rejects when that will never be. */
  async whenServing(): Promise<void> {
    return this.#serving.promise;
  }

  /**
   * Decides a command and gives its outcome once everything it rests on is durable.
   * @throws OverloadedError, ShardUnavailableError
   */
  async submit(command: Command, context: CommandContextInput): Promise<Outcome> {
    return new Promise<Outcome>((resolve, reject) => {
      this.#offer({ kind: 'one', command, context, outcome: undefined, resolve, reject });
    });
  }

  /** Decides commands in order within one turn, at one time, and gives their outcomes in that order; see submit. */
  async submitMany(commands: readonly Command[], context: CommandContextInput): Promise<Outcome[]> {
    if (commands.length === 0) return [];
    return new Promise<Outcome[]>((resolve, reject) => {
      this.#offer({ kind: 'many', commands, context, outcomes: [], resolve, reject });
    });
  }

  /** Journals an event of the platform (`platform.…`) that the machine never sees. It rides. See submit for errors. */
  async note(type: string, data: Uint8Array, context: CommandContextInput): Promise<void> {
    if (!type.startsWith(PLATFORM_TYPE_PREFIX))
      throw new TypeError(`${type} is not ${PLATFORM_TYPE_PREFIX}…`);
    await new Promise<void>((resolve, reject) => {
      this.#offer({ kind: 'note', type, data, context, resolve, reject });
    });
  }

  /**
   * Reads the state at a moment when everything in it is durable. `fn` runs synchronously; what it returns may point
   * into the state only until the caller awaits something else, since later turns change the state in place.
   * @throws ShardUnavailableError, and what `fn` throws
   */
  async read<T>(fn: (state: State) => T): Promise<T> {
    const loop = this.#servingLoop();
    return new Promise<T>((resolve, reject) => {
      loop.read({ run: (state) => settle(() => fn(state), resolve, reject), reject });
    });
  }

  /**
   * Runs `fn` when the state stands at the end of a batch, and says where. The batch may not be durable yet: compare with
   * `durablePosition` before anybody is told. `fn` runs synchronously and keeps nothing that changes in place.
   * @throws ShardUnavailableError, and what `fn` throws
   */
  async cut<T>(fn: (state: State, point: CutPoint) => T): Promise<T> {
    const loop = this.#servingLoop();
    return new Promise<T>((resolve, reject) => {
      loop.cut({ run: (state, point) => settle(() => fn(state, point), resolve, reject), reject });
    });
  }

  /**
   * Looks at the state in its turn among the commands, and gives what was seen once all of it is durable. It holds up nobody,
   * where `read` waits until memory and journal are equal; but later turns have changed the state by the time of the
   * answer, so what `view` returns must be a copy, and `view` must do nothing else.
   * @throws OverloadedError, ShardUnavailableError, and what `view` throws
   */
  async look<T>(view: (state: State) => T): Promise<T> {
    const loop = this.#servingLoop();
    return new Promise<T>((resolve, reject) => {
      let settle = (): void => undefined;
      const run = (): void => {
        try {
          const seen = view(loop.state);
          settle = () => resolve(seen);
        } catch (error) {
          settle = () => reject(error);
        }
      };
      this.#offer({ kind: 'look', context: NO_CONTEXT, run, resolve: () => settle(), reject });
    });
  }

  /** Adds a listener for what the machine publishes, in order, after the commit. A listener that throws stops the shard. */
  onOutputs(listener: (outputs: readonly Output[]) => void): void {
    this.#outputListeners.push(listener);
  }

  /** The committed batches, from any event on. It throws a ShardUnavailableError until the shard serves. */
  get feed(): BatchSource {
    if (this.#feed === undefined) throw this.#unavailable();
    return this.#feed;
  }

  /** The number that the next event will have, counting events that are not durable yet. */
  position(): { readonly nextEvent: number } {
    return { nextEvent: this.#loop?.nextEvent ?? 0 };
  }

  /** Where the journal stands for certain, as far as this process knows. */
  durablePosition(): Position {
    return this.#loop?.durablePosition ?? { nextSequence: 1, nextEvent: 0 };
  }

  /** Counters for metrics; undefined until the shard serves. */
  stats(): ShardStats | undefined {
    return this.#loop?.stats();
  }

  /** Takes no more commands, finishes those that were taken, and gives the lease back. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #start(): Promise<void> {
    const grant = await this.#waitForLease();
    if (grant === undefined) return;
    const { journal, shardId, log } = this.#options;
    if (this.#state === 'standby') this.#state = 'recovering';
    this.#epoch = grant.epoch;
    const startedAtMs = performance.now();
    this.#lease = journal.keep(grant, {
      onLost: (error) => this.#fail(error),
      onConfirmed: () => this.#loop?.wake(),
    });
    const rebuilt = await rebuildState({
      ...this.#options,
      onProblem: (problem) => log.error({ shard: shardId }, problem),
    });
    const recoveryMs = Math.round(performance.now() - startedAtMs);
    log.info({ shard: shardId, epoch: grant.epoch, recoveryMs, ...rebuilt.position }, 'shard recovered');
    await this.#serve(grant, rebuilt);
  }

  async #waitForLease(): Promise<LeaseGrant | undefined> {
    const { journal, shardId, owner, log } = this.#options;
    let lastHolder: string | undefined;
    while (this.#closing === undefined) {
      try {
        const attempt = await journal.tryAcquire(shardId, owner);
        if (attempt.outcome === 'acquired') return attempt.grant;
        if (attempt.owner !== lastHolder) log.info({ shard: shardId, holder: attempt.owner }, 'standing by');
        lastHolder = attempt.owner;
      } catch (error) {
        log.warn({ shard: shardId, err: error }, 'cannot ask for the lease');
      }
      await this.#pauseStandby();
    }
    return undefined;
  }

  async #pauseStandby(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const pause = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#limits.standbyPollIntervalMs);
    });
    await Promise.race([pause, this.#standbyEnd.promise]);
    clearTimeout(timer);
  }

  async #serve(grant: LeaseGrant, { state, position, lastMicros }: RebuiltState<State>): Promise<void> {
    const { journal, shardId, machine, codec, clock, steadyMs, observer } = this.#options;
    const appender = await journal.openAppender(grant, position);
    this.#closeAppender = async () => appender.close();
    if (this.#state !== 'recovering') return;
    const feed = new Feed(journal, shardId, position, this.#limits.feedBufferBytesMax);
    this.#feed = feed;
    this.#loop = new TurnLoop({
      machine,
      codec,
      state,
      position,
      lastMicros,
      appender,
      limits: this.#limits,
      isLeaseFresh: () => this.#lease?.isFresh() ?? false,
      clock,
      steadyMs,
      onOutputs: (outputs) => {
        for (const listener of this.#outputListeners) listener(outputs);
      },
      onCommitted: (batch) => feed.publish(batch),
      observer,
      onFatal: (error) => this.#fail(error),
    });
    this.#state = 'serving';
    this.#serving.resolve();
  }

  #offer(work: Work<Command, Outcome>): void {
    if (!this.#servingLoop().offer(work))
      throw new OverloadedError(this.id, this.#limits.queuedCommandsMax, RETRY_AFTER_MS);
  }

  #servingLoop(): TurnLoop<State, Command, Event, Outcome, Output> {
    if (this.#state !== 'serving' || this.#loop === undefined) throw this.#unavailable();
    return this.#loop;
  }

  #unavailable(cause?: Error): ShardUnavailableError {
    const reason = this.#closing === undefined ? 'NOT_READY' : 'DRAINING';
    return new ShardUnavailableError(this.id, reason, `${this.id} is ${this.#state}`, cause);
  }

  /** Fail-stop: whatever memory holds may differ from the journal, so nobody is told anything more. */
  #fail(error: Error): void {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    const rejection = this.#unavailable(error);
    this.#loop?.stop(rejection);
    this.#feed?.close(rejection);
    this.#serving.reject(rejection);
    void this.#lease?.stop();
    void this.#closeAppender?.();
    this.#options.log.error({ shard: this.id, err: error }, 'shard stopped');
    this.#options.onFatal(error);
  }

  async #close(): Promise<void> {
    if (this.#state === 'serving') this.#state = 'draining';
    else if (this.#state === 'recovering') this.#state = 'draining';
    this.#standbyEnd.resolve();
    await this.#lifecycle;
    if ((this.#state as ShardState) === 'stopped') return;
    await this.#loop?.drain().catch(() => undefined);
    if ((this.#state as ShardState) === 'stopped') return;
    this.#state = 'stopped';
    const farewell = this.#unavailable();
    this.#loop?.stop(farewell);
    this.#feed?.close();
    this.#serving.reject(farewell);
    await this.#closeAppender?.();
    await this.#lease?.release();
  }
}

function settle<T>(fn: () => T, resolve: (value: T) => void, reject: (error: unknown) => void): void {
  try {
    resolve(fn());
  } catch (error) {
    reject(error);
  }
}

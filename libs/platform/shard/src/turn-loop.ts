import type { Machine } from '@clearway/kernel';
import type { BatchAppender, CommittedBatch, EventCodec, Position } from '@clearway/platform-journal';
import type { BatchObserver } from './batch-observer';
import { CommandQueue, commandsOf, type Work } from './command-queue';
import { DecidedTurns } from './decided-turns';
import { JournalClock } from './journal-clock';
import type { ShardLimits } from './limits';
import { ShardCounters, type ShardStats } from './shard-stats';
import { TurnRecorder } from './turn-recorder';

/** What a turn loop works with and whom it tells. */
export interface TurnLoopOptions<State, Command, Event, Outcome, Output> {
  readonly machine: Machine<State, Command, Event, Outcome, Output>;
  readonly codec: EventCodec<Event>;
  /** The state at `position`; the loop alone changes it from now on. */
  readonly state: State;
  readonly position: Position;
  /** The last journaled time: no turn is earlier. */
  readonly lastMicros: number;
  readonly appender: Pick<BatchAppender, 'append'>;
  readonly limits: ShardLimits;
  readonly isLeaseFresh: () => boolean;
  /** Now, in microseconds since the epoch; may run backwards. */
  readonly clock: () => number;
  /** Milliseconds of a clock that only ever goes forward; only tests set another one than the process's. */
  readonly steadyMs?: (() => number) | undefined;
  readonly onOutputs: (outputs: readonly Output[]) => void;
  readonly onCommitted: (batch: CommittedBatch) => void;
  readonly observer?: BatchObserver | undefined;
  /** Called for anything after which memory and journal may differ. The owner calls `stop` and ends the process. */
  readonly onFatal: (error: Error) => void;
}

interface Reader<State> {
  run(state: State): void;
  reject(error: Error): void;
}

/** Where a state stands that is exactly what the journal gives up to there. */
export interface CutPoint extends Position {
  /** The time of the last event before it, in microseconds since the epoch: another owner may go on from just there. */
  readonly lastMicros: number;
}

interface Cutter<State> {
  run(state: State, point: CutPoint): void;
  reject(error: Error): void;
}

/**
 * Gathers commands into turns, turns into batches, and answers when the batch is durable. One turn runs for all that
 * arrived in one round of the event loop; while two batches are on their way, commands wait and gather. The machine's
 * state is therefore up to two batches ahead of the journal, and nobody is told anything that the journal does not hold.
 */
export class TurnLoop<State, Command, Event, Outcome, Output> {
  readonly #options: TurnLoopOptions<State, Command, Event, Outcome, Output>;
  readonly #recorder: TurnRecorder<State, Command, Event, Outcome, Output>;
  readonly #queue = new CommandQueue<Command, Outcome>();
  readonly #decided = new DecidedTurns<Command, Outcome, Output>();
  readonly #counters = new ShardCounters();
  #readers: Reader<State>[] = [];
  #cutters: Cutter<State>[] = [];
  readonly #clock: JournalClock;
  readonly #steadyMs: () => number;
  /** Sealed batches are numbered from 1 in this process; they become durable in this order. */
  #sealed = 0;
  #lastFirm = 0;
  #durable = 0;
  #nextEvent: number;
  #lastEventMicros: number;
  #durablePosition: Position;
  /** The turn under way: it is in neither queue if the machine throws. */
  #deciding: readonly Work<Command, Outcome>[] = [];
  /** Traceparents of the commands that have events in the open batch; most batches have none. */
  #traceparents: string[] = [];
  #isScheduled = false;
  #isFlushDue = false;
  #flushTimer: NodeJS.Timeout | undefined;
  #paceTimer: NodeJS.Timeout | undefined;
  #sealedAtMs = Number.NEGATIVE_INFINITY;
  #onDrained: { resolve(): void; reject(error: Error): void } | undefined;
  #stopped: Error | undefined;

  constructor(options: TurnLoopOptions<State, Command, Event, Outcome, Output>) {
    this.#options = options;
    this.#recorder = new TurnRecorder(options.machine, options.codec, options.state);
    this.#steadyMs = options.steadyMs ?? (() => performance.now());
    this.#clock = new JournalClock(options.clock, this.#steadyMs, options.lastMicros);
    this.#nextEvent = options.position.nextEvent;
    this.#lastEventMicros = options.lastMicros;
    this.#durablePosition = options.position;
  }

  /** Queues work; false when it does not fit. */
  offer(work: Work<Command, Outcome>): boolean {
    const unanswered = this.#queue.length + this.#decided.commands;
    if (unanswered + commandsOf(work) > this.#options.limits.queuedCommandsMax) {
      this.#counters.overloads += commandsOf(work);
      return false;
    }
    this.#queue.push(work);
    this.#schedule();
    return true;
  }

  /** Queues a reader: it runs once everything decided before is durable. Whatever waits then reads together. */
  read(reader: Reader<State>): void {
    this.#readers.push(reader);
    this.#schedule();
  }

  /** Queues a cutter: it runs when the state next stands at the end of a batch, which need not be durable yet. */
  cut(cutter: Cutter<State>): void {
    this.#cutters.push(cutter);
    this.#schedule();
  }

  /** Looks again whether anything can go on, for example after the lease was confirmed. */
  wake(): void {
    if (this.#decided.length > 0 || this.#readers.length > 0) this.#schedule();
  }

  /** Settles when all that is queued is decided, durable and answered. The caller lets nothing new in. */
  async drain(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      if (this.#stopped !== undefined) return reject(this.#stopped);
      this.#onDrained = { resolve, reject };
      this.#schedule();
    });
  }

  /** Stops at once and rejects everybody who waits. */
  stop(error: Error): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = error;
    clearTimeout(this.#flushTimer);
    clearTimeout(this.#paceTimer);
    this.#decided.rejectAll(error);
    for (const work of this.#deciding) work.reject(error);
    for (let work = this.#queue.shift(); work !== undefined; work = this.#queue.shift()) work.reject(error);
    for (const waiting of [...this.#readers.splice(0), ...this.#cutters.splice(0)]) waiting.reject(error);
    this.#onDrained?.reject(error);
  }

  /** The next event's number, counting what is decided but not durable yet. */
  get nextEvent(): number {
    return this.#nextEvent + this.#recorder.batch.eventCount;
  }

  /** The state as it is decided, up to two batches ahead of the journal: for looks, which are told later. */
  get state(): State {
    return this.#options.state;
  }

  /** Where the journal stands for certain. */
  get durablePosition(): Position {
    return this.#durablePosition;
  }

  stats(): ShardStats {
    return this.#counters.read(this.#queue.length, this.#inFlight);
  }

  get #inFlight(): number {
    return this.#sealed - this.#durable;
  }

  get #hasSlot(): boolean {
    return this.#inFlight < this.#options.limits.batchesInFlightMax;
  }

  /** After the I/O callbacks of this round of the event loop, so that one turn takes all that they brought. */
  #schedule(): void {
    if (this.#isScheduled || this.#stopped !== undefined) return;
    this.#isScheduled = true;
    setImmediate(() => this.#step());
  }

  /** Milliseconds until the next turn may begin: the first after a pause at once, further ones gather for a while. */
  #paceMs(): number {
    if (this.#onDrained !== undefined) return 0;
    return this.#sealedAtMs + this.#options.limits.turnIntervalMs - this.#steadyMs();
  }

  #scheduleIn(waitMs: number): void {
    if (waitMs <= 0) return this.#schedule();
    this.#paceTimer ??= setTimeout(() => {
      this.#paceTimer = undefined;
      this.#schedule();
    }, Math.ceil(waitMs));
  }

  #step(): void {
    this.#isScheduled = false;
    if (this.#stopped !== undefined) return;
    try {
      this.#release();
      if (this.#readers.length > 0 && !this.#serveReaders()) return;
      if (this.#queue.length > 0 && this.#hasSlot && this.#paceMs() <= 0) this.#turn();
      if (this.#mustFlush() && this.#hasSlot) this.#seal();
      if (this.#cutters.length > 0) this.#serveCutters();
      this.#release();
      if (this.#queue.length > 0 && this.#hasSlot) this.#scheduleIn(this.#paceMs());
      this.#finishDrain();
    } catch (error) {
      this.#options.onFatal(error as Error);
    }
  }

  #turn(): void {
    const { limits } = this.#options;
    const recorder = this.#recorder;
    const work: Work<Command, Outcome>[] = [];
    this.#deciding = work;
    recorder.begin(this.#clock.next());
    let room = limits.commandsPerTurnMax;
    let hasLook = false;
    const eventsAtBegin = recorder.batch.eventCount;
    for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) {
      room -= commandsOf(next);
      if ((room < 0 && work.length > 0) || recorder.batch.byteLength >= limits.batchBytesMax) break;
      this.#queue.shift();
      work.push(next);
      hasLook ||= next.kind === 'look';
      const eventsBefore = recorder.batch.eventCount;
      recorder.decide(next);
      const { traceparent } = next.context;
      if (traceparent !== '' && recorder.batch.eventCount > eventsBefore)
        this.#traceparents.push(traceparent);
    }
    if (recorder.batch.eventCount > eventsAtBegin) this.#lastEventMicros = recorder.nowMicros;
    const { isFirm: isDecided, outputs } = recorder.end();
    this.#countTurn(work);
    // A look may have seen events that ride: they are not told before they are durable.
    const isFirm = isDecided || (hasLook && recorder.batch.eventCount > 0);
    if (isFirm) this.#lastFirm = this.#seal();
    else if (hasLook) this.#lastFirm = this.#sealed;
    this.#decided.push({ needs: this.#lastFirm, isFirm, work, outputs });
    this.#deciding = [];
    if (!isFirm) this.#carry();
  }

  #countTurn(work: readonly Work<Command, Outcome>[]): void {
    this.#counters.turns++;
    for (const one of work) this.#counters.commands += commandsOf(one);
  }

  /** Lets riding events wait a little for a batch to ride with. */
  #carry(): void {
    if (this.#recorder.batch.eventCount === 0 || this.#flushTimer !== undefined) return;
    this.#flushTimer = setTimeout(() => {
      this.#flushTimer = undefined;
      this.#isFlushDue = true;
      this.#schedule();
    }, this.#options.limits.carriedDelayMs);
  }

  #mustFlush(): boolean {
    const { eventCount, byteLength } = this.#recorder.batch;
    if (eventCount === 0) return false;
    return (
      this.#isFlushDue ||
      byteLength >= this.#options.limits.carriedBytesMax ||
      this.#onDrained !== undefined ||
      this.#readers.length > 0
    );
  }

  /** Sends the open batch to the journal and gives its number. */
  #seal(): number {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    this.#isFlushDue = false;
    const { eventCount } = this.#recorder.batch;
    const payload = this.#recorder.batch.finish();
    this.#nextEvent += eventCount;
    const number = ++this.#sealed;
    const onTracedDurable = this.#traceparents.length === 0 ? undefined : this.#sentTraced();
    const sentAtMs = performance.now();
    this.#sealedAtMs = this.#steadyMs();
    this.#options.appender.append({ eventCount, payload }).then(
      (batch) => {
        onTracedDurable?.(batch);
        this.#committed(number, batch, performance.now() - sentAtMs);
      },
      (error: Error) => this.#options.onFatal(error),
    );
    return number;
  }

  #sentTraced(): ((batch: CommittedBatch) => void) | undefined {
    const traceparents = this.#traceparents;
    this.#traceparents = [];
    return this.#options.observer?.sent?.(traceparents);
  }

  /** In this order: answers, outputs, feed; batch by batch. */
  #committed(number: number, batch: CommittedBatch, commitMs: number): void {
    if (this.#stopped !== undefined) return;
    try {
      if (number !== this.#durable + 1) throw new Error(`Batch ${number} was committed out of order`);
      this.#durable = number;
      const nextEvent = batch.firstEvent + batch.eventCount;
      this.#durablePosition = { nextSequence: batch.sequence + 1, nextEvent };
      this.#counters.countBatch(batch.eventCount, batch.payload.length, commitMs);
      this.#options.observer?.committed?.(batch, commitMs);
      this.#release();
      this.#options.onCommitted(batch);
      this.#schedule();
    } catch (error) {
      this.#options.onFatal(error as Error);
    }
  }

  #release(): void {
    const { isLeaseFresh, onOutputs } = this.#options;
    this.#decided.release(this.#durable, isLeaseFresh, onOutputs);
  }

  /** Runs the readers if memory and journal are equal now; else sees to it that they will be, before any new turn. */
  #serveReaders(): boolean {
    if (this.#recorder.batch.eventCount > 0 && this.#hasSlot) this.#seal();
    const isQuiet = this.#inFlight === 0 && this.#recorder.batch.eventCount === 0;
    if (!isQuiet || !this.#options.isLeaseFresh()) return false;
    const readers = this.#readers;
    this.#readers = [];
    this.#counters.reads += readers.length;
    for (const reader of readers) reader.run(this.#options.state);
    return true;
  }

  #serveCutters(): void {
    if (this.#recorder.batch.eventCount > 0) return;
    const nextSequence = this.#options.position.nextSequence + this.#sealed;
    const point = { nextSequence, nextEvent: this.#nextEvent, lastMicros: this.#lastEventMicros };
    for (const cutter of this.#cutters.splice(0)) cutter.run(this.#options.state, point);
  }

  #finishDrain(): void {
    if (this.#onDrained === undefined) return;
    const isEmpty = this.#queue.length + this.#inFlight + this.#decided.length + this.#readers.length === 0;
    if (isEmpty && this.#recorder.batch.eventCount === 0) this.#onDrained.resolve();
  }
}

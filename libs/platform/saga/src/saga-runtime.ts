import type { SagaCall, SagaOutput, Sagas, StepAnswer } from '@clearway/domain-saga';
import { Figures } from '@clearway/platform-telemetry';
import { Outbox, type OutboxStats } from './outbox';
import { type Attributes, CallDurations, SagaCounters, sagaMetrics } from './saga-metrics';
import type { StepTracing } from './step-spans';

/** How often deadlines are looked at while sagas live. */
export const TICK_EVERY_MS = 100;
/** How often participants are told which sagas have ended for good. */
export const FINISHED_EVERY_MS = 1_000;
/** Pause before an overloaded shard is asked again to recover its sagas. */
const RECOVER_AGAIN_AFTER_MS = 50;
/** So many ended sagas at least, and twice as many at most, are remembered for callers that ask `whenEnded` a moment late. */
const ENDED_REMEMBERED_MIN = 4_096;

/**
 * A service that executes steps. Rejects with RpcError when the call as a whole failed. `traceparents` stand by the steps'
 * places in the call, empty for one that is not traced; without it none is.
 */
export interface SagaParticipant<Request> {
  /**
   * The participant's shard that a request is for, where it has several; each has an outbox of its own, so that one that is
   * away holds up no other.
   */
  laneOf?(request: Request): number | undefined;
  execute(
    calls: readonly SagaCall<Request>[],
    finishedBelow: number,
    traceparents?: readonly string[],
  ): Promise<StepAnswer[]>;
}

/** The part of a shard that the runtime stands on. */
export interface SagaShard<State, Command, Output> {
  submit(command: Command): Promise<unknown>;
  /** Sees durable state only. */
  read<T>(view: (state: State) => T): Promise<T>;
  onOutputs(listener: (outputs: readonly Output[]) => void): void;
}

/** What a saga runtime is made of. */
export interface SagaRuntimeOptions<State, Command, Output, Request> {
  readonly shard: SagaShard<State, Command, Output>;
  readonly participants: Readonly<Record<string, SagaParticipant<Request>>>;
  readonly commands: {
    answers(answers: readonly StepAnswer[]): Command;
    tick(): Command;
    recover(): Command;
  };
  readonly sagasOf: (state: State) => Sagas;
  readonly outputOf: (output: Output) => SagaOutput<Request> | undefined;
  readonly nowMicros: () => number;
  /** The host's shard, for its figures: a process may host several. */
  readonly shardId?: string;
  /** Traces the steps of sampled sagas; without it none are. */
  readonly tracing?: StepTracing<Request>;
  readonly log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
}

/** How a saga ended, or that it has not yet. */
export type SagaEnd = 'completed' | 'compensated' | 'pending';

/**
 * The impure half of the orchestrator: sends what the machine publishes, brings answers back as commands, looks after
 * deadlines, and after a restart asks again for everything that live sagas wait for. It keeps no truth of its own.
 */
export class SagaRuntime<State, Command, Output, Request> {
  private readonly outboxes = new Map<string, Outbox<Request>>();
  private readonly openOutbox: (name: string, participant: SagaParticipant<Request>) => Outbox<Request>;
  private readonly waiters = new Map<number, ((end: SagaEnd) => void)[]>();
  /** Two generations: when the younger is full it becomes the older, and the older is forgotten as a whole. */
  private ended = new Map<number, SagaEnd>();
  private endedBefore = new Map<number, SagaEnd>();
  private readonly counters = new SagaCounters();
  private readonly labels: Attributes;
  private readonly figures = new Figures();
  private finishedBelow = 0;
  private liveSagas = 0;
  private timers: NodeJS.Timeout[] = [];
  private ticking = false;
  private stopped = false;

  constructor(private readonly options: SagaRuntimeOptions<State, Command, Output, Request>) {
    const { nowMicros, log, tracing } = options;
    const labels = options.shardId === undefined ? {} : { shard: options.shardId };
    this.labels = labels;
    const durations = new CallDurations(this.figures, labels);
    this.openOutbox = (name, participant) => {
      const execute = (calls: readonly SagaCall<Request>[], traceparents: readonly string[] | undefined) =>
        participant.execute(calls, this.finishedBelow, traceparents);
      const called = (steps: number, durationMs: number, isAnswered: boolean) =>
        durations.record(name, steps, durationMs, isAnswered);
      const onAnswers = (answers: StepAnswer[]) => this.submitAnswers(answers);
      return new Outbox(name, { execute, onAnswers, called, nowMicros, tracing, log });
    };
    for (const [name, participant] of Object.entries(options.participants))
      this.outboxes.set(name, this.openOutbox(name, participant));
  }

  /** Begins to send. Call once the shard serves. */
  async start(): Promise<void> {
    const { shard } = this.options;
    shard.onOutputs((outputs) => this.take(outputs));
    await this.refresh();
    await shard.read((state) => this.counters.startAt(this.options.sagasOf(state).nextNumber));
    sagaMetrics(
      this.figures,
      this.counters,
      {
        stats: () => this.stats(),
        read: (view) => shard.read((state) => view(this.options.sagasOf(state))),
      },
      this.labels,
    );
    await this.recover();
    this.timers = [
      setInterval(() => void this.tick(), TICK_EVERY_MS),
      setInterval(() => void this.refresh().catch(() => undefined), FINISHED_EVERY_MS),
    ];
  }

  stop(): void {
    this.stopped = true;
    this.figures.end();
    for (const timer of this.timers) clearInterval(timer);
    for (const outbox of this.outboxes.values()) outbox.stop();
    for (const waiters of this.waiters.values()) for (const resolve of waiters) resolve('pending');
    this.waiters.clear();
  }

  /** Resolves when the saga has ended, or as `pending` after the time given. */
  whenEnded(sagaNumber: number, timeoutMs: number): Promise<SagaEnd> {
    const end = this.ended.get(sagaNumber) ?? this.endedBefore.get(sagaNumber);
    if (end) return Promise.resolve(end);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.settle(sagaNumber, 'pending'), timeoutMs);
      const settle = (result: SagaEnd) => {
        clearTimeout(timer);
        resolve(result);
      };
      this.waiters.set(sagaNumber, [...(this.waiters.get(sagaNumber) ?? []), settle]);
    });
  }

  /** Figures of each participant's outbox, by its name, with the shard for one of several: `risk/1`. */
  stats(): Readonly<Record<string, OutboxStats>> {
    return Object.fromEntries([...this.outboxes].map(([name, outbox]) => [name, outbox.stats()]));
  }

  private take(outputs: readonly Output[]): void {
    for (const each of outputs) {
      const output = this.options.outputOf(each);
      if (output?.kind === 'saga-call') {
        this.counters.asked(output.call);
        this.outbox(output.call).add(output.call);
      } else if (output) {
        const end = output.completed ? 'completed' : 'compensated';
        this.counters.ended(output.sagaKind, end);
        this.noteEnd(output.sagaNumber, end);
      }
    }
  }

  private noteEnd(sagaNumber: number, end: SagaEnd): void {
    this.ended.set(sagaNumber, end);
    if (this.ended.size >= ENDED_REMEMBERED_MIN) {
      this.endedBefore = this.ended;
      this.ended = new Map();
    }
    if (this.waiters.size > 0) this.settle(sagaNumber, end);
  }

  private settle(sagaNumber: number, end: SagaEnd): void {
    const waiters = this.waiters.get(sagaNumber);
    this.waiters.delete(sagaNumber);
    for (const resolve of waiters ?? []) resolve(end);
  }

  private outbox({ participant: name, request }: SagaCall<Request>): Outbox<Request> {
    const participant = this.options.participants[name];
    if (!participant) throw new Error(`no participant ${name} is wired`);
    const lane = participant.laneOf?.(request);
    const key = lane === undefined ? name : `${name}/${lane}`;
    let outbox = this.outboxes.get(key);
    if (!outbox) {
      outbox = this.openOutbox(key, participant);
      this.outboxes.set(key, outbox);
    }
    return outbox;
  }

  /** Callers that waited for this start may have filled the queue before: that is no reason to give up starting. */
  private async recover(): Promise<void> {
    const { shard, commands } = this.options;
    while (!this.stopped) {
      try {
        await shard.submit(commands.recover());
        return;
      } catch (error) {
        if ((error as { reason?: unknown }).reason !== 'OVERLOADED') throw error;
        await new Promise((resolve) => setTimeout(resolve, RECOVER_AGAIN_AFTER_MS));
      }
    }
  }

  private async submitAnswers(answers: StepAnswer[]): Promise<void> {
    await this.options.shard.submit(this.options.commands.answers(answers));
  }

  private async tick(): Promise<void> {
    if (this.ticking || this.liveSagas === 0) return;
    this.ticking = true;
    try {
      await this.options.shard.submit(this.options.commands.tick());
    } catch (error) {
      this.options.log.warn({ error }, 'a tick was not taken');
    } finally {
      this.ticking = false;
    }
  }

  /** Only what is durable may be called finished: a participant forgets what it is told has ended. */
  private async refresh(): Promise<void> {
    await this.options.shard.read((state) => {
      const sagas = this.options.sagasOf(state);
      this.finishedBelow = sagas.finishedBelow;
      this.liveSagas = sagas.liveCount;
    });
  }
}

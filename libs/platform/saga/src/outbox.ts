import { RETRY_DEFAULT, type SagaCall, STEPS_MAX, type StepAnswer } from '@clearway/domain-saga';
import { RpcError } from '@clearway/platform-rpc';
import { StepSpans, type StepTracing } from './step-spans';

/** Most steps sent in one call to a participant. */
export const CALL_STEPS_MAX = 500;
/** Most calls to one participant at a time; steps of further turns gather meanwhile. */
export const CALLS_IN_FLIGHT_MAX = 4;
/** First wait before a participant that could not be reached is asked again; it doubles with each further one. */
export const BACKOFF_INITIAL_MS = 50;
/** Longest wait before a participant that could not be reached is asked again. */
export const BACKOFF_MAX_MS = 1_000;
/** Longest wait before a step is tried again: journal time, which says when, may be far ahead of the clock after a step of that. */
export const DELAY_MAX_MS: number = RETRY_DEFAULT.backoffMaxMs;
/** A participant that could not be reached for so long is reported as an alert. */
export const ALERT_AFTER_MS = 3_000;

/** What the key of a compensation has more than that of its action. */
const UNDOING = 1;

/** What the outbox needs of the world: the participant, the clock, and where answers and alerts go. */
export interface OutboxPorts<Request> {
  /**
   * Sends steps in one call; results in any order. Rejects with RpcError when the call as a whole failed. `traceparents`
   * stand by the steps' places in the call; without it no step is traced.
   */
  execute(
    calls: readonly SagaCall<Request>[],
    traceparents: readonly string[] | undefined,
  ): Promise<StepAnswer[]>;
  /** Takes answers into the host's shard. Rejecting means that they were not taken: the steps are asked again. */
  onAnswers(answers: StepAnswer[]): Promise<void>;
  nowMicros(): number;
  /** Traces the steps of sampled sagas. */
  readonly tracing?: StepTracing<Request> | undefined;
  /** Told how long a call took, from sending to its answer or failure; one call carries many steps. */
  called?(steps: number, durationMs: number, isAnswered: boolean): void;
  log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
}

/** Figures for metrics and operators. */
export interface OutboxStats {
  readonly waiting: number;
  readonly inFlight: number;
  /** Failed calls in a row, 0 when the last one succeeded. */
  readonly failuresInRow: number;
  /** How long the participant has not answered, 0 when it does. */
  readonly unreachableMs: number;
}

/**
 * Requests of sagas to one participant. What one turn asks for leaves in one call. A participant that can not be reached is
 * asked again with growing waits for as long as sagas wait for it, without a word in the journal; a call that fails
 * for another reason is split until the step that spoils it stands alone, so that no saga blocks another.
 */
export class Outbox<Request> {
  private readonly waiting = new Map<number, SagaCall<Request>>();
  private readonly delayed = new Map<number, NodeJS.Timeout>();
  private readonly inFlight = new Set<number>();
  private callsInFlight = 0;
  private scheduled = false;
  private stopped = false;
  private failuresInRow = 0;
  private unreachableSinceMicros = 0;
  private alerted = false;
  private backoff: NodeJS.Timeout | undefined;

  constructor(
    private readonly participant: string,
    private readonly ports: OutboxPorts<Request>,
  ) {}

  /** Queues a request. One that waits or is under way already is not queued twice. */
  add(call: SagaCall<Request>): void {
    const key = keyOf(call);
    if (call.phase === 'compensation') this.forget(key - UNDOING);
    if (this.inFlight.has(key)) return;
    const waitMs = call.notBeforeMicros === 0 ? 0 : this.waitMs(call.notBeforeMicros);
    if (waitMs > 0) return this.delay(key, call, waitMs);
    this.forget(key);
    this.waiting.set(key, call);
    this.schedule();
  }

  stats(): OutboxStats {
    const since = this.unreachableSinceMicros;
    return {
      waiting: this.waiting.size + this.delayed.size,
      inFlight: this.inFlight.size,
      failuresInRow: this.failuresInRow,
      unreachableMs: since === 0 ? 0 : (this.ports.nowMicros() - since) / 1_000,
    };
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.backoff);
    for (const timer of this.delayed.values()) clearTimeout(timer);
  }

  private waitMs(notBeforeMicros: number): number {
    return Math.min(DELAY_MAX_MS, (notBeforeMicros - this.ports.nowMicros()) / 1_000);
  }

  private forget(key: number): void {
    this.waiting.delete(key);
    if (this.delayed.size === 0) return;
    clearTimeout(this.delayed.get(key));
    this.delayed.delete(key);
  }

  private delay(key: number, call: SagaCall<Request>, waitMs: number): void {
    this.forget(key);
    const due = () => {
      this.delayed.delete(key);
      this.waiting.set(key, call);
      this.schedule();
    };
    this.delayed.set(key, setTimeout(due, waitMs));
  }

  private schedule(): void {
    if (this.scheduled || this.stopped || this.backoff) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    while (
      this.waiting.size > 0 &&
      this.callsInFlight < CALLS_IN_FLIGHT_MAX &&
      !this.stopped &&
      !this.backoff
    ) {
      const calls: SagaCall<Request>[] = [];
      for (const [key, call] of this.waiting) {
        this.waiting.delete(key);
        this.inFlight.add(key);
        calls.push(call);
        if (calls.length === CALL_STEPS_MAX) break;
      }
      void this.send(calls);
    }
  }

  private async send(calls: readonly SagaCall<Request>[]): Promise<void> {
    this.callsInFlight += 1;
    const spans = StepSpans.start(this.ports.tracing, calls);
    try {
      const answers = await this.timed(calls, spans?.traceparents);
      if (answers.length !== calls.length) throw new RpcError('INTERNAL', 'not every step was answered');
      spans?.answered(answers);
      this.reached();
      await this.take(calls, answers);
    } catch (error) {
      spans?.failed(codeOf(error));
      await this.sendFailed(calls, error);
    } finally {
      this.callsInFlight -= 1;
      this.schedule();
    }
  }

  private async timed(
    calls: readonly SagaCall<Request>[],
    traceparents: readonly string[] | undefined,
  ): Promise<StepAnswer[]> {
    const startedMs = performance.now();
    let isAnswered = false;
    try {
      const answers = await this.ports.execute(calls, traceparents);
      isAnswered = true;
      return answers;
    } finally {
      this.ports.called?.(calls.length, performance.now() - startedMs, isAnswered);
    }
  }

  private async take(calls: readonly SagaCall<Request>[], answers: StepAnswer[]): Promise<void> {
    for (const call of calls) this.inFlight.delete(keyOf(call));
    try {
      await this.ports.onAnswers(answers);
    } catch {
      this.pause(BACKOFF_INITIAL_MS);
      this.putBack(calls);
    }
  }

  private async sendFailed(calls: readonly SagaCall<Request>[], error: unknown): Promise<void> {
    if (isPassing(error)) {
      this.notReached(error);
      return this.putBack(calls);
    }
    this.reached();
    const [only] = calls;
    if (calls.length > 1) {
      const half = Math.ceil(calls.length / 2);
      await Promise.all([this.send(calls.slice(0, half)), this.send(calls.slice(half))]);
    } else if (only) {
      const { sagaNumber, step, phase } = only;
      this.ports.log.warn(
        { participant: this.participant, sagaNumber, step, phase, error },
        'a saga step failed',
      );
      await this.take(calls, [{ sagaNumber, step, phase, status: 'failed', code: codeOf(error) }]);
    }
  }

  private putBack(calls: readonly SagaCall<Request>[]): void {
    for (const call of calls) {
      const key = keyOf(call);
      this.inFlight.delete(key);
      const overtaken = call.phase === 'action' && this.undoing(call);
      if (!overtaken && !this.waiting.has(key)) this.waiting.set(key, call);
    }
    this.schedule();
  }

  private undoing(call: SagaCall<Request>): boolean {
    const key = keyOf(call) + UNDOING;
    return this.waiting.has(key) || this.inFlight.has(key) || this.delayed.has(key);
  }

  private reached(): void {
    if (this.alerted) this.ports.log.info({ participant: this.participant }, 'participant is back');
    this.failuresInRow = 0;
    this.unreachableSinceMicros = 0;
    this.alerted = false;
  }

  private notReached(error: unknown): void {
    this.failuresInRow += 1;
    if (this.unreachableSinceMicros === 0) this.unreachableSinceMicros = this.ports.nowMicros();
    const { unreachableMs, waiting } = this.stats();
    if (unreachableMs > ALERT_AFTER_MS && !this.alerted) {
      this.alerted = true;
      const fields = {
        participant: this.participant,
        unreachableMs,
        waiting,
        code: codeOf(error),
        alert: true,
      };
      this.ports.log.warn(fields, 'participant can not be reached; sagas wait for it');
    }
    this.pause(Math.min(BACKOFF_MAX_MS, BACKOFF_INITIAL_MS * 2 ** Math.min(10, this.failuresInRow - 1)));
  }

  private pause(waitMs: number): void {
    if (this.backoff || this.stopped) return;
    this.backoff = setTimeout(() => {
      this.backoff = undefined;
      this.schedule();
    }, waitMs);
  }
}

/** Names a step and its direction in one number, which a map finds sooner than a text. A saga has few steps. */
function keyOf({ sagaNumber, step, phase }: { sagaNumber: number; step: number; phase: string }): number {
  return (sagaNumber * STEPS_MAX + step) * 2 + (phase === 'compensation' ? UNDOING : 0);
}

/** Faults that waiting mends: nothing is known to be wrong with the step itself. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof RpcError)) return false;
  const passing = ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED', 'ABORTED'];
  return error.retryable || passing.includes(error.status);
}

function codeOf(error: unknown): string {
  return error instanceof RpcError ? error.reason : 'INTERNAL';
}

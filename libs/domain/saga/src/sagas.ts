import {
  NumberedMap,
  type Plain,
  PlainList,
  type PlainParts,
  type Reason,
  wholePlain,
} from '@clearway/kernel';
import type { SagaEvent } from './events';

/** Where one step stands. `refused` and `waiting` differ when undoing: what was refused needs no compensation. */
export interface StepState {
  readonly stage: number;
  status: 'waiting' | 'succeeded' | 'refused' | 'compensated';
  /** Attempts that failed by a fault which waiting does not mend, in the present phase. */
  attempts: number;
  lastCode: string;
  parked: boolean;
  result: Uint8Array;
}

/** One live saga. Ended ones are dropped: their story is in the journal. */
export interface SagaInstance {
  readonly number: number;
  readonly kind: string;
  /** What it is about in its host: an order, trade or transfer number. */
  readonly subject: number;
  readonly startedAtMicros: number;
  readonly deadlineMicros: number;
  readonly steps: StepState[];
  /** Undoing, newest stage first, from this stage down; -1 while going forward. */
  turnedAtStage: number;
  reasons: readonly Reason[];
}

/** How a step of a saga begins; one without an action is done already. */
export interface FirstStep {
  readonly stage: number;
  readonly done: boolean;
}

const NO_RESULT = new Uint8Array(0);
const NO_REASONS: readonly Reason[] = [];

/** The live sagas of one host shard: part of the host's state, changed by `evolve` alone. */
export class Sagas {
  private readonly live = new NumberedMap<SagaInstance>();
  private next = 1;
  private lowest = 1;

  /** Number that the next saga will get. */
  get nextNumber(): number {
    return this.next;
  }

  /** Every saga with a lower number has ended. */
  get finishedBelow(): number {
    return this.lowest;
  }

  get liveCount(): number {
    return this.live.size;
  }

  get(number: number): SagaInstance | undefined {
    return this.live.get(number);
  }

  /** Live sagas, oldest first. */
  values(): IterableIterator<SagaInstance, undefined> {
    return this.live.values();
  }

  /**
   * Puts a new saga in; the host calls it when it applies the event that starts one. Numbers follow each other without a
   * gap; steps without an action (`done`) count as succeeded.
   */
  begin(
    start: { number: number; kind: string; subject: number; atMicros: number },
    deadlineMs: number,
    steps: readonly FirstStep[],
  ): void {
    if (start.number !== this.next)
      throw new Error(`saga ${start.number} started out of turn, expected ${this.next}`);
    this.next += 1;
    this.live.set(start.number, {
      number: start.number,
      kind: start.kind,
      subject: start.subject,
      startedAtMicros: start.atMicros,
      deadlineMicros: start.atMicros + deadlineMs * 1_000,
      steps: steps.map(newStep),
      turnedAtStage: -1,
      reasons: NO_REASONS,
    });
  }

  /** Applies one event of the machine. */
  evolve(event: SagaEvent): void {
    const saga = this.live.get(event.sagaNumber);
    if (!saga) throw new Error(`${event.kind} for saga ${event.sagaNumber}, which is not live`);
    switch (event.kind) {
      case 'SagaAdvanced':
        for (const done of event.steps) succeeded(stepOf(saga, done.step), done.result);
        if (event.completed) this.end(saga);
        return;
      case 'StepRefused':
        stepOf(saga, event.step).status = 'refused';
        return turn(saga, event.reasons);
      case 'CompensationStarted':
        return turn(saga, event.reasons);
      case 'StepFailed':
        return failed(stepOf(saga, event.step), event.code);
      case 'StepsCompensated':
        for (const step of event.steps)
          Object.assign(stepOf(saga, step), { status: 'compensated', parked: false });
        if (event.compensated) this.end(saga);
        return;
      case 'StepParked':
        Object.assign(stepOf(saga, event.step), { parked: true, lastCode: event.code });
        return;
      case 'SagaResumed':
        for (const step of saga.steps) Object.assign(step, { parked: false, attempts: 0 });
    }
  }

  /** Canonical form for a snapshot. */
  snapshot(): Plain {
    return wholePlain(this.cut());
  }

  /** The same bit by bit; see Machine.cut. */
  cut(): PlainParts {
    return new PlainList(2, [this.next, this.live.cut(sagaToPlain)]);
  }

  static restore(plain: Plain): Sagas {
    const sagas = new Sagas();
    const [next, live] = plain as [number, PlainSaga[]];
    sagas.next = next;
    for (const [
      number,
      kind,
      subject,
      startedAtMicros,
      deadlineMicros,
      turnedAtStage,
      reasons,
      steps,
    ] of live) {
      sagas.live.set(number, {
        number,
        kind,
        subject,
        startedAtMicros,
        deadlineMicros,
        turnedAtStage,
        reasons: reasons.map(([code, message, metadata]) => ({ code, message, metadata })),
        steps: steps.map(([stage, status, attempts, lastCode, parked, result]) => ({
          stage,
          status,
          attempts,
          lastCode,
          parked,
          result: new Uint8Array(result),
        })),
      });
    }
    sagas.lowest = live[0]?.[0] ?? next;
    return sagas;
  }

  private end(saga: SagaInstance): void {
    this.live.delete(saga.number);
    while (this.lowest < this.next && !this.live.has(this.lowest)) this.lowest += 1;
  }
}

type PlainStep = [number, StepState['status'], number, string, boolean, Uint8Array];
type PlainReason = [Reason['code'], string, Reason['metadata']];
type PlainSaga = [number, string, number, number, number, number, PlainReason[], PlainStep[]];

function sagaToPlain(saga: SagaInstance): Plain {
  return [
    saga.number,
    saga.kind,
    saga.subject,
    saga.startedAtMicros,
    saga.deadlineMicros,
    saga.turnedAtStage,
    saga.reasons.map((each) => [each.code, each.message, each.metadata]),
    saga.steps.map((step) => [
      step.stage,
      step.status,
      step.attempts,
      step.lastCode,
      step.parked,
      step.result,
    ]),
  ];
}

function newStep({ stage, done }: FirstStep): StepState {
  return {
    stage,
    status: done ? 'succeeded' : 'waiting',
    attempts: 0,
    lastCode: '',
    parked: false,
    result: NO_RESULT,
  };
}

function succeeded(step: StepState, result: Uint8Array): void {
  step.status = 'succeeded';
  step.result = result;
  step.parked = false;
}

function stepOf(saga: SagaInstance, step: number): StepState {
  const state = saga.steps[step];
  if (!state) throw new Error(`saga ${saga.number} (${saga.kind}) has no step ${step}`);
  return state;
}

function turn(saga: SagaInstance, reasons: readonly Reason[]): void {
  saga.turnedAtStage = reachedStage(saga);
  saga.reasons = [...saga.reasons, ...reasons];
  for (const step of saga.steps) Object.assign(step, { attempts: 0, parked: false });
}

function reachedStage(saga: SagaInstance): number {
  const open = saga.steps.find((step) => step.status !== 'succeeded');
  return open?.stage ?? saga.steps.at(-1)?.stage ?? 0;
}

function failed(step: StepState, code: string): void {
  step.attempts += 1;
  step.lastCode = code;
}

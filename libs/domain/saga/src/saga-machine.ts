import { type Reason, reason } from '@clearway/kernel';
import {
  backoffMicros,
  type CompiledSaga,
  compileSaga,
  LOCAL,
  type LocalStep,
  type PlacedStep,
  type RemoteStep,
  type SagaDefinition,
  type SagaOutput,
  type StepAnswer,
} from './definition';
import type { SagaEvent, StepDone } from './events';
import type { StepPhase } from './participant-log';
import type { SagaInstance, Sagas } from './sagas';

/** What a host hands in while it decides: its sagas, the time, and the ways to write events and publish requests. */
export interface SagaHost<Request> {
  readonly sagas: Sagas;
  readonly nowMicros: number;
  emitSaga(event: SagaEvent): void;
  publishSaga(output: SagaOutput<Request>): void;
}

/** What an operator's word came to. */
export type SteerOutcome = 'done' | 'unknown-saga' | 'past-pivot';

const NO_RESULT = new Uint8Array(0);
const NONE_DONE: readonly StepDone[] = [];
const NONE_UNDONE: readonly number[] = [];

/**
 * Walks sagas forward and back. It is pure: it reads the host's state, runs local steps, emits events and publishes the
 * requests that participants must get; the runtime sends them and brings answers back as commands.
 */
export class SagaMachine<Host extends SagaHost<Request>, Request> {
  private readonly kinds = new Map<string, CompiledSaga<Host, Request>>();
  private readonly deadlineMinMicros: number;

  constructor(definitions: readonly SagaDefinition<Host, Request>[]) {
    for (const definition of definitions) this.kinds.set(definition.kind, compileSaga(definition));
    const deadlines = definitions.filter((each) => each.pivotStage >= 0).map((each) => each.deadlineMs);
    this.deadlineMinMicros = Math.min(...deadlines) * 1_000;
  }

  /** Puts the saga that a host's event starts into the host's state; called from the host's `evolve`. */
  apply(sagas: Sagas, start: { number: number; kind: string; subject: number; atMicros: number }): void {
    const { definition, firstSteps } = this.kind(start.kind);
    sagas.begin(start, definition.deadlineMs, firstSteps);
  }

  /** Takes the first steps of a saga that the host has just started with an event of its own. */
  begin(host: Host, sagaNumber: number): void {
    this.advance(host, this.live(host, sagaNumber), [], -1);
  }

  /** Takes in what participants answered; answers of one saga that stand next to each other are taken together. */
  answered(host: Host, answers: readonly StepAnswer[]): void {
    for (let from = 0; from < answers.length; ) {
      const sagaNumber = answers[from]?.sagaNumber;
      let to = from + 1;
      while (to < answers.length && answers[to]?.sagaNumber === sagaNumber) to += 1;
      const saga = sagaNumber === undefined ? undefined : host.sagas.get(sagaNumber);
      if (saga)
        this.answeredOne(host, saga, to - from === answers.length ? answers : answers.slice(from, to));
      from = to;
    }
  }

  /** Turns round sagas whose deadline passed before their pivot. Cheap when none is old enough. */
  tick(host: Host): void {
    for (const saga of host.sagas.values()) {
      if (saga.startedAtMicros + this.deadlineMinMicros > host.nowMicros) return;
      const due = saga.deadlineMicros <= host.nowMicros && saga.turnedAtStage < 0 && !this.pastPivot(saga);
      if (due) this.turn(host, saga, [reason('STEP_DEADLINE')]);
    }
  }

  /** Asks again for everything that live sagas wait for: after a restart nobody else would. */
  recover(host: Host): void {
    const live = [...host.sagas.values()];
    for (const saga of live) {
      if (saga.turnedAtStage >= 0) this.undo(host, saga, [], Number.POSITIVE_INFINITY);
      else this.advance(host, saga, [], -1);
    }
  }

  /** An operator's retry: parked steps are asked again with their attempts counted from zero. */
  retry(host: Host, sagaNumber: number): SteerOutcome {
    const saga = host.sagas.get(sagaNumber);
    if (!saga) return 'unknown-saga';
    host.emitSaga({ kind: 'SagaResumed', sagaNumber });
    if (saga.turnedAtStage >= 0) this.undo(host, saga, [], Number.POSITIVE_INFINITY);
    else this.advance(host, saga, [], -1);
    return 'done';
  }

  /** An operator's word to undo a saga that has not passed its pivot. Idempotent. */
  compensate(host: Host, sagaNumber: number): SteerOutcome {
    const saga = host.sagas.get(sagaNumber);
    if (!saga) return 'unknown-saga';
    if (saga.turnedAtStage >= 0) return 'done';
    if (this.pastPivot(saga)) return 'past-pivot';
    this.turn(host, saga, [reason('OPERATOR_COMPENSATED')]);
    return 'done';
  }

  /** Tells whether the saga can only go forward. */
  pastPivot(saga: SagaInstance): boolean {
    const { definition } = this.kind(saga.kind);
    return saga.steps.every((step) => step.stage > definition.pivotStage || step.status === 'succeeded');
  }

  /** The steps of a kind with their names and participants, for operators. */
  stepsOf(kind: string): readonly { name: string; participant: string; pivot: boolean }[] {
    const { definition, steps } = this.kind(kind);
    return steps.map((placed) => ({
      name: placed.definition.name,
      participant: placed.definition.participant,
      pivot: placed.stage === definition.pivotStage,
    }));
  }

  private answeredOne(host: Host, saga: SagaInstance, answers: readonly StepAnswer[]): void {
    const done: StepDone[] = [];
    const undone: number[] = [];
    const bad: StepAnswer[] = [];
    for (const answer of answers) {
      if (!awaited(saga, answer)) continue;
      if (answer.status !== 'succeeded') bad.push(answer);
      else if (answer.phase === 'action') done.push({ step: answer.step, result: answer.result });
      else undone.push(answer.step);
    }
    if (saga.turnedAtStage >= 0) {
      if (undone.length > 0) this.undo(host, saga, undone, this.undoStage(saga, NONE_UNDONE));
    } else if (done.length > 0 && bad.length === 0) {
      this.advance(host, saga, done, this.openStage(host, saga, NONE_DONE));
    } else if (done.length > 0) {
      host.emitSaga({ kind: 'SagaAdvanced', sagaNumber: saga.number, steps: done, completed: false });
    }
    for (const answer of bad) if (host.sagas.get(saga.number)) this.wentWrong(host, saga, answer);
  }

  private wentWrong(host: Host, saga: SagaInstance, answer: StepAnswer): void {
    if (!awaited(saga, answer)) return;
    const { sagaNumber, step, phase } = answer;
    if (answer.status === 'refused') {
      if (phase === 'action' && !this.pastPivot(saga)) return this.refused(host, saga, step, answer.reasons);
      const code = answer.reasons[0]?.code ?? 'REFUSED';
      return host.emitSaga({ kind: 'StepParked', sagaNumber, step, phase, code });
    }
    if (answer.status === 'failed') this.failed(host, saga, step, phase, answer.code);
  }

  private refused(host: Host, saga: SagaInstance, step: number, reasons: readonly Reason[]): void {
    host.emitSaga({ kind: 'StepRefused', sagaNumber: saga.number, step, reasons });
    this.undo(host, saga, [], Number.POSITIVE_INFINITY);
  }

  private failed(host: Host, saga: SagaInstance, step: number, phase: StepPhase, code: string): void {
    const { retry } = this.kind(saga.kind).definition;
    host.emitSaga({ kind: 'StepFailed', sagaNumber: saga.number, step, phase, code });
    const attempts = saga.steps[step]?.attempts ?? 0;
    if (attempts < retry.attemptsMax) {
      const notBeforeMicros = host.nowMicros + backoffMicros(retry, attempts);
      return this.ask(host, saga, this.placed(saga, step), phase, notBeforeMicros);
    }
    if (phase === 'action' && !this.pastPivot(saga)) {
      return this.turn(host, saga, [reason('STEP_FAILED', undefined, { code, step: String(step) })]);
    }
    host.emitSaga({ kind: 'StepParked', sagaNumber: saga.number, step, phase, code });
  }

  private turn(host: Host, saga: SagaInstance, reasons: readonly Reason[]): void {
    host.emitSaga({ kind: 'CompensationStarted', sagaNumber: saga.number, reasons });
    this.undo(host, saga, [], Number.POSITIVE_INFINITY);
  }

  /** Goes forward as far as it can: runs local steps, asks remote ones of the stage it comes to, and notes what is done. */
  private advance(host: Host, saga: SagaInstance, done: StepDone[], askedStage: number): void {
    const { stages } = this.kind(saga.kind);
    let entered = askedStage;
    for (;;) {
      const open = this.openStage(host, saga, done);
      if (open < 0) return this.complete(host, saga, done);
      if (open === entered) return this.noteAdvance(host, saga, done);
      entered = open;
      const stage = stages[open] ?? [];
      const refusedBy = this.runLocalSteps(host, saga, stage, done);
      if (refusedBy) {
        this.noteAdvance(host, saga, done);
        return this.refused(host, saga, refusedBy.step, refusedBy.reasons);
      }
      for (const placed of stage)
        if (this.isOpen(host, saga, placed, done)) this.ask(host, saga, placed, 'action', 0);
    }
  }

  private runLocalSteps(
    host: Host,
    saga: SagaInstance,
    stage: readonly PlacedStep<Host, Request>[],
    done: StepDone[],
  ): { step: number; reasons: readonly Reason[] } | undefined {
    for (const placed of stage) {
      if (!isLocal(placed.definition) || !this.isOpen(host, saga, placed, done)) continue;
      const outcome = placed.definition.action?.(host, saga, (name) => this.resultOf(saga, name, done));
      if (outcome?.status === 'refused') return { step: placed.step, reasons: outcome.reasons };
      done.push({ step: placed.step, result: outcome?.result ?? NO_RESULT });
    }
    return undefined;
  }

  private complete(host: Host, saga: SagaInstance, steps: readonly StepDone[]): void {
    host.emitSaga({ kind: 'SagaAdvanced', sagaNumber: saga.number, steps, completed: true });
    this.ended(host, saga, true);
  }

  private noteAdvance(host: Host, saga: SagaInstance, steps: readonly StepDone[]): void {
    if (steps.length > 0)
      host.emitSaga({ kind: 'SagaAdvanced', sagaNumber: saga.number, steps, completed: false });
  }

  /** Goes back as far as it can, newest stage first; the compensations of one stage run side by side. */
  private undo(host: Host, saga: SagaInstance, undone: number[], askedStage: number): void {
    const { stages } = this.kind(saga.kind);
    let entered = askedStage;
    for (;;) {
      const stage = this.undoStage(saga, undone);
      if (stage < 0 || stage === entered) break;
      entered = stage;
      for (const placed of stages[stage] ?? []) {
        if (!needsUndo(saga, placed, undone)) continue;
        if (isLocal(placed.definition)) {
          placed.definition.compensation?.(host, saga);
          undone.push(placed.step);
        } else this.ask(host, saga, placed, 'compensation', 0);
      }
    }
    const compensated = this.undoStage(saga, undone) < 0;
    if (undone.length === 0 && !compensated) return;
    host.emitSaga({ kind: 'StepsCompensated', sagaNumber: saga.number, steps: undone, compensated });
    if (compensated) this.ended(host, saga, false);
  }

  private ended(host: Host, saga: SagaInstance, completed: boolean): void {
    const { number: sagaNumber, kind: sagaKind, subject } = saga;
    host.publishSaga({ kind: 'saga-ended', sagaNumber, sagaKind, subject, completed });
  }

  private ask(
    host: Host,
    saga: SagaInstance,
    placed: PlacedStep<Host, Request>,
    phase: StepPhase,
    notBeforeMicros: number,
  ): void {
    if (isLocal(placed.definition) || saga.steps[placed.step]?.parked) return;
    const { participant } = placed.definition;
    const build = phase === 'action' ? placed.definition.action : placed.definition.compensation;
    if (!build) return;
    const call = {
      participant,
      sagaNumber: saga.number,
      sagaKind: saga.kind,
      subject: saga.subject,
      step: placed.step,
      phase,
      request: build(host, saga),
      notBeforeMicros,
    };
    host.publishSaga({ kind: 'saga-call', call });
  }

  /** First stage with a step that is not done, -1 when there is none. */
  private openStage(host: Host, saga: SagaInstance, done: readonly StepDone[]): number {
    for (const placed of this.kind(saga.kind).steps)
      if (this.isOpen(host, saga, placed, done)) return placed.stage;
    return -1;
  }

  private isOpen(
    host: Host,
    saga: SagaInstance,
    placed: PlacedStep<Host, Request>,
    done: readonly StepDone[],
  ): boolean {
    if (saga.steps[placed.step]?.status === 'succeeded' || doneOf(done, placed.step)) return false;
    const { definition } = placed;
    return isLocal(definition) || definition.needed === undefined || definition.needed(host, saga);
  }

  /** Newest stage with something left to undo, -1 when there is none. */
  private undoStage(saga: SagaInstance, undone: readonly number[]): number {
    let newest = -1;
    for (const placed of this.kind(saga.kind).steps)
      if (needsUndo(saga, placed, undone)) newest = placed.stage;
    return newest;
  }

  private resultOf(saga: SagaInstance, name: string, done: readonly StepDone[]): Uint8Array {
    const step = this.kind(saga.kind).stepByName.get(name);
    if (step === undefined) throw new Error(`${saga.kind} has no step ${name}`);
    return doneOf(done, step)?.result ?? saga.steps[step]?.result ?? NO_RESULT;
  }

  private placed(saga: SagaInstance, step: number): PlacedStep<Host, Request> {
    const placed = this.kind(saga.kind).steps[step];
    if (!placed) throw new Error(`${saga.kind} has no step ${step}`);
    return placed;
  }

  private live(host: Host, sagaNumber: number): SagaInstance {
    const saga = host.sagas.get(sagaNumber);
    if (!saga) throw new Error(`saga ${sagaNumber} is not live`);
    return saga;
  }

  private kind(kind: string): CompiledSaga<Host, Request> {
    const compiled = this.kinds.get(kind);
    if (!compiled) throw new Error(`no saga definition ${kind}`);
    return compiled;
  }
}

function doneOf(done: readonly StepDone[], step: number): StepDone | undefined {
  for (const each of done) if (each.step === step) return each;
  return undefined;
}

function isLocal<Host, Request>(step: RemoteStep<Host, Request> | LocalStep<Host>): step is LocalStep<Host> {
  return step.participant === LOCAL;
}

/** An answer counts only while its step is waited for: late ones, and those of the other direction, are ignored. */
function awaited(saga: SagaInstance, answer: StepAnswer): boolean {
  const status = saga.steps[answer.step]?.status;
  if (answer.phase === 'action') return saga.turnedAtStage < 0 && status === 'waiting';
  return saga.turnedAtStage >= 0 && (status === 'waiting' || status === 'succeeded');
}

/**
 * What was done is undone; what was asked for without an answer too, because a time-out says nothing about what happened.
 * What was refused, or never asked for, is left alone.
 */
function needsUndo<Host, Request>(
  saga: SagaInstance,
  placed: PlacedStep<Host, Request>,
  undone: readonly number[],
): boolean {
  const status = saga.steps[placed.step]?.status;
  if (placed.stage > saga.turnedAtStage || placed.definition.compensation === undefined) return false;
  if (status === 'refused' || status === 'compensated' || undone.includes(placed.step)) return false;
  return status === 'succeeded' || !isLocal(placed.definition);
}

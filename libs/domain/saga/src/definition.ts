import type { Reason } from '@clearway/kernel';
import type { StepOutcome } from './participant-log';
import type { FirstStep, SagaInstance } from './sagas';

/**
 * A step that another service executes. `action` and `compensation` build the request from the host's state; they must
 * give the same request each time they are asked, because a step may be sent more than once.
 */
export interface RemoteStep<Host, Request> {
  readonly name: string;
  /** Service that executes it, for example `risk`. */
  readonly participant: string;
  /** Absent: there is nothing to do going forward, the step only knows how to undo. */
  readonly action?: (host: Host, saga: SagaInstance) => Request;
  /** Absent: nothing to undo. */
  readonly compensation?: (host: Host, saga: SagaInstance) => Request;
  /** Absent: always. Only for steps after the pivot; must not change its answer once the step's stage is reached. */
  readonly needed?: (host: Host, saga: SagaInstance) => boolean;
}

/** A step that the host executes itself, within the decision that reaches it: it emits the host's own events. */
export interface LocalStep<Host> {
  readonly name: string;
  readonly participant: typeof LOCAL;
  /** May refuse. `result` gives what an earlier step answered. */
  readonly action?: (host: Host, saga: SagaInstance, result: StepResults) => StepOutcome;
  readonly compensation?: (host: Host, saga: SagaInstance) => void;
}

/** Gives the result bytes of an earlier step by its name; a step without a result gives an empty array. */
export type StepResults = (stepName: string) => Uint8Array;

/** Participant name of steps that the host executes itself. */
export const LOCAL = 'local';

/** One step of a saga: asked of another service, or done by the host inside its own turn. */
export type StepDefinition<Host, Request> = RemoteStep<Host, Request> | LocalStep<Host>;

/**
 * A saga as data: stages follow each other, the steps of one stage run side by side. The pivot is the last stage that may
 * still be undone while it runs; once every step of it has succeeded the saga only goes forward.
 */
export interface SagaDefinition<Host, Request> {
  /** FIX or ledger words, for example `PlaceOrder`. */
  readonly kind: string;
  readonly stages: readonly (readonly StepDefinition<Host, Request>[])[];
  /** Index of the pivot's stage; -1 when the saga starts past its pivot. */
  readonly pivotStage: number;
  /** Time to reach the pivot; afterwards there is none, because only going forward is left. */
  readonly deadlineMs: number;
  readonly retry: RetryPolicy;
}

/**
 * How faults are retried that waiting alone does not mend (INTERNAL, INVALID_ARGUMENT …). Faults of transport and overload
 * are retried by the runtime without a limit of their own: before the pivot the deadline ends them, after it nothing does.
 */
export interface RetryPolicy {
  /** Attempts of one step before it is compensated (before the pivot) or parked (after it, or while undoing). */
  readonly attemptsMax: number;
  readonly backoffInitialMs: number;
  readonly backoffMaxMs: number;
}

/** Five attempts within about a second and a half. */
export const RETRY_DEFAULT: RetryPolicy = { attemptsMax: 5, backoffInitialMs: 100, backoffMaxMs: 2_000 };

/** Time to wait before the next attempt, doubling from the first; microseconds. */
export function backoffMicros(policy: RetryPolicy, attempts: number): number {
  return Math.min(policy.backoffMaxMs, policy.backoffInitialMs * 2 ** Math.max(0, attempts - 1)) * 1_000;
}

/** One step with its place: the flat number is what the journal and the participants know it by. */
export interface PlacedStep<Host, Request> {
  readonly step: number;
  readonly stage: number;
  readonly definition: StepDefinition<Host, Request>;
}

/** A definition with its steps numbered, as the machine walks it. */
export interface CompiledSaga<Host, Request> {
  readonly definition: SagaDefinition<Host, Request>;
  readonly steps: readonly PlacedStep<Host, Request>[];
  readonly stages: readonly (readonly PlacedStep<Host, Request>[])[];
  readonly stepByName: ReadonlyMap<string, number>;
  readonly firstSteps: readonly FirstStep[];
}

/** Most steps of one saga. */
export const STEPS_MAX = 16;

/** Numbers the steps and checks the definition. Throws on a definition that can not work, which is a bug of the host. */
export function compileSaga<Host, Request>(
  definition: SagaDefinition<Host, Request>,
): CompiledSaga<Host, Request> {
  let step = 0;
  const stages = definition.stages.map((stage, index) =>
    stage.map((each) => ({ step: step++, stage: index, definition: each })),
  );
  const steps = stages.flat();
  const stepByName = new Map(steps.map((placed) => [placed.definition.name, placed.step]));
  if (stepByName.size !== steps.length) throw new Error(`${definition.kind}: two steps have one name`);
  if (steps.length > STEPS_MAX) throw new Error(`${definition.kind} has more than ${STEPS_MAX} steps`);
  if (definition.pivotStage >= stages.length)
    throw new Error(`${definition.kind}: the pivot is past the last stage`);
  for (const placed of steps) {
    const conditional = 'needed' in placed.definition && placed.definition.needed !== undefined;
    if (conditional && placed.stage <= definition.pivotStage)
      throw new Error(
        `${definition.kind}.${placed.definition.name}: only steps after the pivot may be conditional`,
      );
  }
  const firstSteps = steps.map((each) => ({ stage: each.stage, done: each.definition.action === undefined }));
  return { definition, steps, stages, stepByName, firstSteps };
}

/** Request to a participant, as the machine hands it to the runtime. */
export interface SagaCall<Request> {
  readonly participant: string;
  readonly sagaNumber: number;
  readonly sagaKind: string;
  /** What the saga is about in its host: an order, trade or transfer number. */
  readonly subject: number;
  readonly step: number;
  readonly phase: 'action' | 'compensation';
  readonly request: Request;
  /** Not to be sent earlier: back-off after a failed attempt. 0 for at once. */
  readonly notBeforeMicros: number;
}

/** What the machine publishes: requests to send, and sagas that ended. */
export type SagaOutput<Request> =
  | { readonly kind: 'saga-call'; readonly call: SagaCall<Request> }
  | {
      readonly kind: 'saga-ended';
      readonly sagaNumber: number;
      readonly sagaKind: string;
      readonly subject: number;
      readonly completed: boolean;
    };

/** A participant's answer, or why there is none. `code` is a reason code or gRPC status name. */
export type StepAnswer = {
  readonly sagaNumber: number;
  readonly step: number;
  readonly phase: 'action' | 'compensation';
} & (StepOutcome | { readonly status: 'failed'; readonly code: string });

/** Reasons that a saga was turned round for, as definitions' compensations read them. */
export type SagaReasons = readonly Reason[];

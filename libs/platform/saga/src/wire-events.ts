import { saga } from '@clearway/contracts';
import type { SagaEvent, StepAnswer, StepPhase } from '@clearway/domain-saga';
import { fromWireReasons, toWireReasons } from '@clearway/platform-rpc';

type WireEvent = NonNullable<saga.SagaEvent['event']>;

const { STEP_PHASE_ACTION, STEP_PHASE_COMPENSATION } = saga.StepPhase;
const { STEP_STATUS_REFUSED, STEP_STATUS_STALE, STEP_STATUS_SUCCEEDED } = saga.StepStatus;

/** The wire's name for a phase. */
export function toWirePhase(phase: StepPhase): saga.StepPhase {
  return phase === 'action' ? STEP_PHASE_ACTION : STEP_PHASE_COMPENSATION;
}

/** The domain's name for a phase; anything but a compensation is an action. */
export function fromWirePhase(phase: saga.StepPhase): StepPhase {
  return phase === STEP_PHASE_COMPENSATION ? 'compensation' : 'action';
}

/** A saga event as its host's journal keeps it. */
export function sagaEventToWire(event: SagaEvent): saga.SagaEvent {
  return { event: toCase(event) };
}

function toCase(event: SagaEvent): WireEvent {
  const { sagaNumber } = event;
  switch (event.kind) {
    case 'SagaAdvanced': {
      const steps = event.steps.map(({ step, result }) => ({ step, result: Buffer.from(result) }));
      return { $case: 'sagaAdvanced', value: { sagaNumber, steps, completed: event.completed } };
    }
    case 'StepRefused':
      return {
        $case: 'stepRefused',
        value: { sagaNumber, step: event.step, reasons: toWireReasons(event.reasons) },
      };
    case 'StepFailed':
      return {
        $case: 'stepFailed',
        value: { sagaNumber, step: event.step, phase: toWirePhase(event.phase), code: event.code },
      };
    case 'CompensationStarted':
      return { $case: 'compensationStarted', value: { sagaNumber, reasons: toWireReasons(event.reasons) } };
    case 'StepsCompensated':
      return {
        $case: 'stepsCompensated',
        value: { sagaNumber, steps: [...event.steps], compensated: event.compensated },
      };
    case 'StepParked':
      return {
        $case: 'stepParked',
        value: { sagaNumber, step: event.step, phase: toWirePhase(event.phase), code: event.code },
      };
    case 'SagaResumed':
      return { $case: 'sagaResumed', value: { sagaNumber } };
  }
}

/** A saga event read back. Throws on an empty one: a journal never holds it. */
export function sagaEventFromWire(wire: saga.SagaEvent): SagaEvent {
  const event = wire.event;
  switch (event?.$case) {
    case 'sagaAdvanced':
      return { kind: 'SagaAdvanced', ...event.value };
    case 'stepRefused':
      return { kind: 'StepRefused', ...event.value, reasons: fromWireReasons(event.value.reasons) };
    case 'stepFailed':
      return { kind: 'StepFailed', ...event.value, phase: fromWirePhase(event.value.phase) };
    case 'compensationStarted':
      return { kind: 'CompensationStarted', ...event.value, reasons: fromWireReasons(event.value.reasons) };
    case 'stepsCompensated':
      return { kind: 'StepsCompensated', ...event.value };
    case 'stepParked':
      return { kind: 'StepParked', ...event.value, phase: fromWirePhase(event.value.phase) };
    case 'sagaResumed':
      return { kind: 'SagaResumed', ...event.value };
    case undefined:
      throw new Error('an empty saga event stands in the journal');
  }
}

/** A participant's answer as the machine takes it. A stale step belongs to a saga that had ended: there is nothing to do. */
export function stepAnswerFromWire(result: saga.StepResult): StepAnswer {
  const { sagaNumber, step } = result;
  const phase = fromWirePhase(result.phase);
  if (result.status === STEP_STATUS_REFUSED)
    return { sagaNumber, step, phase, status: 'refused', reasons: fromWireReasons(result.reasons) };
  if (result.status === STEP_STATUS_SUCCEEDED || result.status === STEP_STATUS_STALE)
    return { sagaNumber, step, phase, status: 'succeeded', result: result.result };
  return { sagaNumber, step, phase, status: 'failed', code: 'INTERNAL' };
}

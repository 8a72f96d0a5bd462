export {
  backoffMicros,
  LOCAL,
  type LocalStep,
  RETRY_DEFAULT,
  type RemoteStep,
  type RetryPolicy,
  type SagaCall,
  type SagaDefinition,
  type SagaOutput,
  STEPS_MAX,
  type StepAnswer,
  type StepDefinition,
  type StepResults,
} from './definition';
export { type SagaEvent, type StepDone, sagaEventRides } from './events';
export {
  ParticipantLog,
  type StepKey,
  type StepLookup,
  type StepOutcome,
  type StepPhase,
  SUCCEEDED,
} from './participant-log';
export { type SagaHost, SagaMachine, type SteerOutcome } from './saga-machine';
export { type SagaInstance, Sagas, type StepState } from './sagas';

export { OpenTraces } from './open-traces';
export { Outbox, type OutboxPorts, type OutboxStats } from './outbox';
export {
  type SagaEnd,
  type SagaParticipant,
  SagaRuntime,
  type SagaRuntimeOptions,
  type SagaShard,
} from './saga-runtime';
export { type SagaServiceHost, sagaServiceHandlers } from './saga-service';
export {
  type ParticipantShards,
  type ShardedParticipantParts,
  shardedParticipant,
} from './sharded-participant';
export type { StepTracing } from './step-spans';
export {
  fromWirePhase,
  sagaEventFromWire,
  sagaEventToWire,
  stepAnswerFromWire,
  toWirePhase,
} from './wire-events';

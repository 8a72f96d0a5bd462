export {
  ParticipantLog,
  type StepKey,
  type StepLookup,
  type StepOutcome,
  type StepPhase,
  SUCCEEDED,
} from './participant-log';

import { saga } from '@clearway/contracts';
import type { StepKey, StepPhase } from '@clearway/domain-saga';

const { STEP_PHASE_ACTION, STEP_PHASE_COMPENSATION } = saga.StepPhase;

/** Phase as the wire has it. */
export function phaseToWire(phase: StepPhase): saga.StepPhase {
  return phase === 'action' ? STEP_PHASE_ACTION : STEP_PHASE_COMPENSATION;
}

/** Phase as the domain has it; undefined for a number that is neither. */
export function phaseFromWire(phase: saga.StepPhase): StepPhase | undefined {
  if (phase === STEP_PHASE_ACTION) return 'action';
  return phase === STEP_PHASE_COMPENSATION ? 'compensation' : undefined;
}

/** Key of a step as it stands in the journal. */
export function stepKeyToWire(key: StepKey): saga.StepKey {
  return { ...key, phase: phaseToWire(key.phase) };
}

/** Key of a step from the journal. Throws when it is missing or malformed, because then the journal is not ours. */
export function stepKeyFromWire(key: saga.StepKey | undefined): StepKey {
  const phase = key && phaseFromWire(key.phase);
  if (!key || !phase) throw new Error('a step event has no valid key');
  return { originShard: key.originShard, sagaNumber: key.sagaNumber, step: key.step, phase };
}

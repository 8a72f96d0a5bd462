import { risk, saga } from '@clearway/contracts';
import { decodeReserveResult, type RiskStep, type RiskStepAnswer } from '@clearway/domain-risk';
import { toWireReasons } from '@clearway/platform-rpc';
import { phaseToWire } from './step-key.codec';

const { STEP_STATUS_SUCCEEDED, STEP_STATUS_REFUSED, STEP_STATUS_STALE } = saga.StepStatus;
const NO_RESULT = Buffer.alloc(0);

/** Answer to a step as the wire has it; a reserve's result becomes an encoded ReserveResult. */
export function stepResultToWire(step: RiskStep, answer: RiskStepAnswer): saga.StepResult {
  const key = { sagaNumber: step.sagaNumber, step: step.step, phase: phaseToWire(step.phase) };
  switch (answer.status) {
    case 'stale':
      return { ...key, status: STEP_STATUS_STALE, reasons: [], result: NO_RESULT };
    case 'refused':
      return {
        ...key,
        status: STEP_STATUS_REFUSED,
        reasons: toWireReasons(answer.reasons),
        result: NO_RESULT,
      };
    case 'succeeded':
      return { ...key, status: STEP_STATUS_SUCCEEDED, reasons: [], result: resultToWire(answer.result) };
  }
}

/** Reserve alone has a result; every other step's is empty. */
function resultToWire(result: Uint8Array): Buffer {
  if (result.length === 0) return NO_RESULT;
  return Buffer.from(risk.ReserveResult.encode(decodeReserveResult(result)).finish());
}

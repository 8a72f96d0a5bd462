import type { risk } from '@clearway/contracts';
import type { RiskRequest } from '@clearway/domain-clearing';
import type { RpcClient } from '@clearway/platform-rpc';
import { type SagaParticipant, stepAnswerFromWire } from '@clearway/platform-saga';
import { toWireRiskStep } from '../codec/risk-step.codec';

/** Longer than risk's slowest commit; afterwards the runtime asks again with the same keys. */
const STEPS_TIMEOUT_MS = 2_000;

type RiskStepClient = Pick<RpcClient<typeof risk.RiskStepServiceService>, 'call'>;

/** Risk as a participant of clearing's sagas. The saga runtime has gathered a turn's steps into one call already. */
export function riskParticipant(client: RiskStepClient, originShard: string): SagaParticipant<RiskRequest> {
  return {
    async execute(calls, finishedBelow, traceparents) {
      const steps = calls.map((call, index) => toWireRiskStep(call, traceparents?.[index] ?? ''));
      const request = { originShard, finishedBelow, steps };
      const { results } = await client.call('executeSteps', request, { timeoutMs: STEPS_TIMEOUT_MS });
      return results.map(stepAnswerFromWire);
    },
  };
}

import { risk } from '@clearway/contracts';
import type { RiskRequest } from '@clearway/domain-clearing';
import { RpcClient } from '@clearway/platform-rpc';
import { type SagaParticipant, shardedParticipant, stepAnswerFromWire } from '@clearway/platform-saga';
import type { ShardDirectory } from '@clearway/platform-sharding';
import { toWireRiskStep } from '../codec/risk-step.codec';

/** Longer than risk's slowest commit; afterwards the runtime asks again with the same keys. */
const STEPS_TIMEOUT_MS = 2_000;

/** Risk as a participant of clearing's sagas. The saga runtime has gathered a turn's steps into one call already. */
export function riskParticipant(
  directory: ShardDirectory,
  originShard: string,
): SagaParticipant<RiskRequest> {
  return shardedParticipant({
    shards: directory,
    keyOf: ({ account }) => account,
    executeAt: async (shard, calls, finishedBelow, traceparents) => {
      const steps = calls.map((call, index) => toWireRiskStep(call, traceparents?.[index] ?? ''));
      const request = { originShard, finishedBelow, steps };
      const options = { timeoutMs: STEPS_TIMEOUT_MS, shard: directory.shardId(shard) };
      const client = new RpcClient(directory.channelOf(shard), risk.RiskStepServiceService);
      const { results } = await client.call('executeSteps', request, options);
      return results.map(stepAnswerFromWire);
    },
  });
}

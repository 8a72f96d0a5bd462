import type { clearing } from '@clearway/contracts';
import type { ClearingStep } from '@clearway/domain-clearing';
import { fields, type PeerIdentity, type UnaryHandler } from '@clearway/platform-rpc';
import { inTraces } from '@clearway/platform-service';
import type { ClearingShard } from '../clearing-core';
import { fromWireStep, toWireStepResult } from '../codec/step.codec';

const STEPS_MAX = 2_000;

/** ExecuteSteps: the steps of one turn of one saga host, in order, in one commit. A malformed step refuses the whole call. */
export function executeStepsRpc(
  shard: ClearingShard,
): UnaryHandler<clearing.ExecuteStepsRequest, clearing.ExecuteStepsResponse> {
  return async (request, call) => {
    const { originShard, finishedBelow } = request;
    const steps = checkedSteps(request, call.caller);
    const submit = async (from: number, to: number, traceparent: string) => {
      const part = from === 0 && to === steps.length ? steps : steps.slice(from, to);
      const command = { kind: 'ExecuteSteps', originShard, finishedBelow, steps: part } as const;
      const outcome = await shard.submit(command, call, traceparent);
      if (outcome.kind !== 'steps') throw new Error(`steps were answered with ${outcome.kind}`);
      return outcome.results;
    };
    const results = await inTraces(shard.tracing, call, request.steps, originShard, submit);
    return { results: results.map(toWireStepResult) };
  };
}

function checkedSteps(request: clearing.ExecuteStepsRequest, caller: PeerIdentity): readonly ClearingStep[] {
  const check = fields();
  const isOwn = request.originShard.startsWith(`${caller.name}/`);
  check.require(isOwn, 'origin_shard', 'must be a shard of the calling service');
  check.integer('finished_below', request.finishedBelow, 0, Number.MAX_SAFE_INTEGER);
  const items = check.list('steps', request.steps, STEPS_MAX);
  const steps = items.map((step, index) => fromWireStep(step, `steps[${index}]`, check));
  check.done();
  return steps.filter((step) => step !== undefined);
}

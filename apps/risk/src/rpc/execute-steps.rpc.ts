import type { risk } from '@clearway/contracts';
import type { RiskStep, RiskStepAnswer } from '@clearway/domain-risk';
import { type CallContext, type FieldCheck, fields, type UnaryHandler } from '@clearway/platform-rpc';
import { inTraces } from '@clearway/platform-service';
import { riskStepFromWire } from '../codec/risk-step.codec';
import { stepResultToWire } from '../codec/step-result.codec';
import { outcomeOf, type RiskCore } from '../risk-core';

/** Most steps of one call. */
export const STEPS_MAX = 2_000;

/** What a host's shards are called: its own name, a slash and a number. */
const SHARD_NUMBER = /^\/[0-9]{1,4}$/;

/** Executes the steps of one turn of one saga host, in order, in one commit. */
export function executeSteps(
  core: RiskCore,
): UnaryHandler<risk.ExecuteStepsRequest, risk.ExecuteStepsResponse> {
  return async (request, call) => {
    const { originShard, finishedBelow } = request;
    const steps = checked(request, call);
    const submit = async (from: number, to: number, traceparent: string) => {
      const part = from === 0 && to === steps.length ? steps : steps.slice(from, to);
      const command = { kind: 'ExecuteSteps', originShard, finishedBelow, steps: part } as const;
      return outcomeOf(await core.submit(command, call, traceparent), 'StepsExecuted').answers;
    };
    const answers = await inTraces(core.tracing, call, request.steps, originShard, submit);
    return { results: steps.map((step, index) => stepResultToWire(step, answers[index] as RiskStepAnswer)) };
  };
}

function checked(request: risk.ExecuteStepsRequest, call: CallContext): RiskStep[] {
  const check = fields();
  requireOwnShard(request.originShard, call, check);
  check.integer('finished_below', request.finishedBelow, 0, Number.MAX_SAFE_INTEGER);
  check.list('steps', request.steps, STEPS_MAX);
  check.done();
  const steps = request.steps.map((step, index) => riskStepFromWire(step, `steps[${index}]`, check));
  check.done();
  return steps.filter((step) => step !== undefined);
}

/** A host speaks for its own shards alone; otherwise one service could answer or undo the sagas of another. */
function requireOwnShard(originShard: string, { caller }: CallContext, check: FieldCheck): void {
  const isOwn =
    originShard.startsWith(caller.name) && SHARD_NUMBER.test(originShard.slice(caller.name.length));
  check.require(isOwn, 'origin_shard', `must be a shard of the caller, such as ${caller.name}/0`);
}

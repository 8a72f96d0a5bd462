import {
  checkRiskInvariants,
  type ExecuteSteps,
  type RiskAction,
  type RiskCommand,
  type RiskEvent,
  type RiskOutcome,
  type RiskState,
  type RiskStepAnswer,
} from '@clearway/domain-risk';
import type { Turn } from '@clearway/kernel';
import { RpcError } from '@clearway/platform-rpc';
import { type ReadFeed, readFeed } from './feed-reading';
import type { RiskMachine } from './machines';
import { plainEventCodec } from './plain-event-codec';
import type { ServiceProcess, ServiceSpec } from './service-process';

/** What a risk process is made of. */
export type RiskSpec = ServiceSpec<RiskState, RiskCommand, RiskEvent, RiskOutcome, never>;

/** Ended sagas are forgotten after so many here. */
export const FORGET_SAGAS_AFTER = 8;

/** Risk as apps/risk serves it. */
export function riskSpec(machine: RiskMachine): RiskSpec {
  return {
    name: 'risk',
    machine,
    codec: plainEventCodec(),
    check: checkRiskInvariants,
    handlers: (process) => ({
      ExecuteSteps: async (command: ExecuteSteps): Promise<readonly RiskStepAnswer[]> => {
        for (const { action } of command.steps) requireShape(action);
        const outcome = await process.submit(command);
        if (outcome.kind !== 'StepsExecuted') throw new Error(`steps were answered with ${outcome.kind}`);
        return outcome.answers;
      },
      Command: (command: RiskCommand) => process.submit(command),
      ReadFeed: (request: ReadFeed) => readFeed(process as unknown as ServiceProcess, request),
    }),
  };
}

/** Risk that forgets ended sagas after a few instead of after 512, so that a short run meets stale steps. */
export function forgetfulRisk(machine: RiskMachine): RiskMachine {
  return {
    ...machine,
    decide: (state, command, turn: Turn<RiskEvent>) => {
      const outcome = machine.decide(state, command, turn);
      if (command.kind !== 'ExecuteSteps') return outcome;
      const { originShard, finishedBelow } = command;
      if (finishedBelow - state.log.finishedBelow(originShard) >= FORGET_SAGAS_AFTER)
        turn.emit({ kind: 'SagasFinished', originShard, finishedBelow });
      return outcome;
    },
  };
}

/** The shape checks of risk's door that a host could fail: it refuses the whole call then. */
function requireShape(action: RiskAction): void {
  if (action.kind === 'LowerHold') return;
  const isWhole = (value: number | undefined): boolean => value === undefined || value >= 1;
  const { quantityLots, amountMinor } = action as { quantityLots?: number; amountMinor?: bigint };
  if (isWhole(quantityLots) && (amountMinor === undefined || amountMinor > 0n)) return;
  throw new RpcError('FIELD_INVALID', `${action.kind} of nothing`);
}

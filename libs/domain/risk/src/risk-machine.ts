import type { Machine, Turn } from '@clearway/kernel';
import type { RiskCommand } from './commands';
import type { RiskEvent } from './events';
import { evolve } from './evolve';
import { executeSteps } from './execute-steps';
import type { RiskOutcome } from './outcomes';
import { createRiskState, type RiskState } from './risk-state';
import { cut, restore, restoring, snapshot } from './snapshot';

/**
 * The risk service without its I/O: it checks orders before they trade, holds what they may cost, and turns fills into
 * positions. Of its events only `SagasFinished` may ride along: a lost one is found again with the next call.
 */
export const riskMachine: Machine<RiskState, RiskCommand, RiskEvent, RiskOutcome> = {
  name: 'risk',
  create: createRiskState,
  decide,
  evolve,
  rides: (event) => event.kind === 'SagasFinished',
  snapshot,
  cut,
  restore,
  restoring,
};

function decide(state: RiskState, command: RiskCommand, turn: Turn<RiskEvent>): RiskOutcome {
  switch (command.kind) {
    case 'ExecuteSteps':
      return executeSteps(state, command, turn);
    case 'SetLimits': {
      const { scope, limits } = command;
      turn.emit({ kind: 'LimitsSet', scope, limits });
      return { kind: 'LimitsSet', limits: state.limits.effective(scope.account, scope.symbol) };
    }
    case 'SetBlacklist': {
      const { participant, blacklisted, note } = command;
      turn.emit({ kind: 'BlacklistSet', participant, blacklisted, note });
      return { kind: 'BlacklistSet', participant, blacklisted };
    }
  }
}

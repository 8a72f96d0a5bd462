import type { StepPhase } from '@clearway/domain-saga';
import type { Reserve, RiskAction, RiskStep } from '../actions';
import type { RiskCommand } from '../commands';
import type { RiskEvent } from '../events';
import type { RiskOutcome, RiskStepAnswer } from '../outcomes';
import { riskMachine } from '../risk-machine';
import { createRiskState, type RiskState } from '../risk-state';

/** The shard that hosts the sagas of these tests. */
export const ORIGIN = 'trading/0';

/** An order of 10 AMZN at 100 ticks of one cent, without fee; `changes` say what is different. */
export function orderOf(changes: Partial<Reserve> = {}): RiskAction {
  return { kind: 'Reserve', ...TEN_AMZN, ...changes };
}

const TEN_AMZN: Reserve = {
  orderNumber: 1,
  account: 'alice.main',
  symbol: 'AMZN',
  side: 'buy',
  quantityLots: 10,
  priceTicks: 100,
  marketPriceTicks: 100,
  baseAsset: 'AMZN',
  quoteAsset: 'USD',
  lotSizeMinor: 1n,
  tickValueMinor: 1n,
  feeBps: 0,
};

/** Builds a step; saga numbers count up by themselves in `RiskRun.step`. */
export function stepOf(
  sagaNumber: number,
  action: RiskAction,
  phase: StepPhase = 'action',
  step = 0,
): RiskStep {
  return { sagaNumber, step, phase, action };
}

/** One machine, its journal and its clock: what a shard would do, without I/O. */
export class RiskRun {
  readonly events: { readonly event: RiskEvent; readonly timeMicros: number }[] = [];
  nowMicros = 1_000_000_000;
  private nextSaga = 1;

  constructor(readonly state: RiskState = createRiskState()) {}

  /** Decides a command; every event is applied and kept. */
  decide(command: RiskCommand): RiskOutcome {
    const emit = (event: RiskEvent): void => {
      this.events.push({ event, timeMicros: this.nowMicros });
      riskMachine.evolve(this.state, event, this.nowMicros);
    };
    return riskMachine.decide(this.state, command, { nowMicros: this.nowMicros, emit, publish: () => {} });
  }

  /** Executes steps of one call and returns their answers. */
  execute(steps: readonly RiskStep[], finishedBelow = 0): readonly RiskStepAnswer[] {
    const outcome = this.decide({ kind: 'ExecuteSteps', originShard: ORIGIN, finishedBelow, steps });
    if (outcome.kind !== 'StepsExecuted') throw new Error('steps have another outcome');
    return outcome.answers;
  }

  /** Executes one action as the first step of a new saga. */
  act(action: RiskAction): RiskStepAnswer {
    return this.execute([stepOf(this.nextSaga++, action)])[0] as RiskStepAnswer;
  }

  /** Credits minor units to an account. */
  credit(account: string, asset: string, amountMinor: bigint): void {
    this.act({ kind: 'CreditFunds', account, asset, amountMinor });
  }

  /** What an account has of an asset as "total/held for orders/held for withdrawals". */
  funds(account: string, asset: string): string {
    const funds = this.state.funds.get(account, asset);
    return `${funds.totalMinor}/${funds.heldForOrdersMinor}/${funds.heldForWithdrawalsMinor}`;
  }
}

/** What an answer says in one word or its reasons: "ok", "stale" or "ORDER_RATE FAT_FINGER". */
export function wordOf(answer: RiskStepAnswer | undefined): string {
  if (answer?.status === 'refused') return answer.reasons.map(({ code }) => code).join(' ');
  return answer?.status === 'succeeded' ? 'ok' : 'stale';
}

/** Splits a text table into its rows of trimmed cells; blank lines, the head line and lines of dashes are left out. */
export function rowsOf(table: string): string[][] {
  const lines = table.split('\n').filter((line) => line.includes('|') && !/^[\s|-]+$/.test(line));
  return lines.slice(1).map((line) => line.split('|').map((cell) => cell.trim()));
}

import type { StepAnswer } from '@clearway/domain-saga';
import type { ClearingCommand, ClearingOutcome } from './clearing-command';
import type { ClearingEvent } from './clearing-event';
import { type ClearingOutput, clearingMachine } from './clearing-machine';
import type { ClearingState } from './clearing-state';
import type { ClearingStep, ClearingStepResult } from './clearing-step';
import type { SettleLeg } from './legs';
import type { RiskRequest } from './risk-request';

/** A step that waits for risk's answer, with what is asked. */
export interface PendingCall {
  readonly sagaNumber: number;
  readonly step: number;
  readonly phase: 'action' | 'compensation';
  readonly request: RiskRequest;
}

/** A shard without a journal: it runs commands one by one and keeps the events, so that specs can look and replay. */
export class InMemoryShard {
  readonly state: ClearingState = clearingMachine.create();
  readonly events: { event: ClearingEvent; atMicros: number }[] = [];
  readonly pending: PendingCall[] = [];
  nowMicros = 1_700_000_000_000_000;

  execute(command: ClearingCommand): ClearingOutcome {
    return clearingMachine.decide(this.state, command, {
      nowMicros: this.nowMicros,
      emit: (event) => {
        this.events.push({ event, atMicros: this.nowMicros });
        clearingMachine.evolve(this.state, event, this.nowMicros);
      },
      publish: (output: ClearingOutput) => {
        if (output.kind === 'saga-call') this.pending.push(output.call);
      },
    });
  }

  steps(steps: readonly ClearingStep[], finishedBelow = 0): readonly ClearingStepResult[] {
    const outcome = this.execute({ kind: 'ExecuteSteps', originShard: 'trading/0', finishedBelow, steps });
    if (outcome.kind !== 'steps') throw new Error(outcome.kind);
    return outcome.results;
  }

  /** Answers the oldest pending call, or the one given. */
  answer(status: 'succeeded' | 'failed' | StepAnswer, at = 0): void {
    const [call] = this.pending.splice(at, 1);
    if (!call) throw new Error('nothing is asked of risk');
    const { sagaNumber, step, phase } = call;
    const answer: StepAnswer =
      typeof status === 'object'
        ? { ...status, sagaNumber, step, phase }
        : status === 'succeeded'
          ? { sagaNumber, step, phase, status, result: new Uint8Array(0) }
          : { sagaNumber, step, phase, status, code: 'INTERNAL' };
    this.execute({ kind: 'SagaAnswers', answers: [answer] });
  }

  /** Deposits and lets risk agree. */
  fund(account: string, asset: string, amountMinor: bigint): void {
    const requestId = `fund-${this.events.length}`;
    const body = { deposit: true, account, requestId, asset, amountMinor, bankReference: '' };
    this.execute({ kind: 'RequestTransfer', ...body });
    this.answer('succeeded', this.pending.length - 1);
  }

  balance(account: string, asset: string): bigint {
    return this.state.ledger.customerBalanceMinor(account, asset);
  }
}

/** A leg of 5 base units at 1,000 quote units each with a fee of 3, changed as given. */
export function aLeg(change: Partial<SettleLeg> = {}): SettleLeg {
  return {
    tradeNumber: 1,
    account: 'alice.main',
    side: 'buy',
    baseAsset: 'AMZN',
    baseMinor: 5n,
    quoteAsset: 'USD',
    quoteMinor: 5_000n,
    feeMinor: 3n,
    ...change,
  };
}

/** The step that settles a leg in a saga. */
export function settleStep(sagaNumber: number, step: number, leg: SettleLeg): ClearingStep {
  return { sagaNumber, step, phase: 'action', action: { kind: 'SettleLeg', leg } };
}

/** The compensation of that step. */
export function reverseStep(sagaNumber: number, step: number, tradeNumber = 1): ClearingStep {
  return { sagaNumber, step, phase: 'compensation', action: { kind: 'ReverseLeg', tradeNumber } };
}

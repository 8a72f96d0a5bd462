import { type SagaOutput, sagaEventRides } from '@clearway/domain-saga';
import type { Machine, Turn } from '@clearway/kernel';
import type { ClearingCommand, ClearingOutcome } from './clearing-command';
import type { ClearingEvent } from './clearing-event';
import { type ClearingHost, clearingHost } from './clearing-host';
import {
  type ClearingState,
  createClearingState,
  cutClearingState,
  restoreClearingState,
  snapshotClearingState,
} from './clearing-state';
import { evolve } from './evolve';
import { executeSteps } from './execute-steps';
import { type RequestTransfer, repeatedTransfer, transferRequested } from './request-transfer';
import type { RiskRequest } from './risk-request';
import { clearingSagas } from './sagas/clearing-sagas';
import { accountFreezeSet, type SetAccountFrozen } from './set-account-frozen';

/** What clearing publishes after a commit: requests to risk, and sagas that ended. */
export type ClearingOutput = SagaOutput<RiskRequest>;

/** Clearing as a deterministic machine: ledger, settlement of legs, and the sagas of transfers and freezes. */
export const clearingMachine: Machine<
  ClearingState,
  ClearingCommand,
  ClearingEvent,
  ClearingOutcome,
  ClearingOutput
> = {
  name: 'clearing',
  create: createClearingState,
  decide,
  evolve,
  rides,
  snapshot: snapshotClearingState,
  cut: cutClearingState,
  restore: restoreClearingState,
};

const DONE: ClearingOutcome = { kind: 'done' };

function decide(
  state: ClearingState,
  command: ClearingCommand,
  turn: Turn<ClearingEvent, ClearingOutput>,
): ClearingOutcome {
  if (command.kind === 'ExecuteSteps') return { kind: 'steps', results: executeSteps(state, command, turn) };
  const host = clearingHost(state, turn);
  switch (command.kind) {
    case 'RequestTransfer':
      return requestTransfer(host, command);
    case 'SetAccountFrozen':
      return setAccountFrozen(host, command);
    case 'SagaAnswers':
      clearingSagas.answered(host, command.answers);
      return DONE;
    case 'SagaTick':
      clearingSagas.tick(host);
      return DONE;
    case 'SagaRecover':
      clearingSagas.recover(host);
      return DONE;
    case 'RetrySaga':
      return { kind: 'steered', outcome: clearingSagas.retry(host, command.sagaNumber) };
    case 'CompensateSaga':
      return { kind: 'steered', outcome: clearingSagas.compensate(host, command.sagaNumber) };
  }
}

function requestTransfer(host: ClearingHost, command: RequestTransfer): ClearingOutcome {
  const repeated = repeatedTransfer(host.state, command);
  if (repeated) return repeated;
  const transferNumber = host.state.transfers.nextTransferNumber;
  const sagaNumber = host.state.sagas.nextNumber;
  host.emit(transferRequested(host.state, command));
  clearingSagas.begin(host, sagaNumber);
  const transfer = host.state.transfers.get(transferNumber);
  if (!transfer) throw new Error(`transfer ${transferNumber} was requested and is not there`);
  return { kind: 'transfer', transfer, duplicate: false };
}

function setAccountFrozen(host: ClearingHost, command: SetAccountFrozen): ClearingOutcome {
  const event = accountFreezeSet(host.state, command);
  if (event) {
    const sagaNumber = host.state.sagas.nextNumber;
    host.emit(event);
    clearingSagas.begin(host, sagaNumber);
  }
  return { kind: 'account-frozen', account: command.account, frozen: command.frozen };
}

/** Only what a replay would bring about again may ride: the watermark of another host, and answers of participants. */
function rides(event: ClearingEvent): boolean {
  if (event.kind === 'SagasFinished') return true;
  return event.kind === 'Saga' && sagaEventRides(event.saga);
}

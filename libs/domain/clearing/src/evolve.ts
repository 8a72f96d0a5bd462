import { type SagaEvent, SUCCEEDED } from '@clearway/domain-saga';
import type {
  AccountFreezeSet,
  ClearingEvent,
  LegReversed,
  LegSettled,
  TransferRequested,
} from './clearing-event';
import type { ClearingState } from './clearing-state';
import { clearingSagas } from './sagas/clearing-sagas';
import { transferBody } from './transfers';

/** Applies one event in place. It throws on an event that contradicts the state, which is a bug and stops the shard. */
export function evolve(state: ClearingState, event: ClearingEvent, timeMicros: number): void {
  switch (event.kind) {
    case 'LegSettled':
      return settleLeg(state, event);
    case 'LegReversed':
      return reverseLeg(state, event);
    case 'StepRefused':
      return state.participants.record(event.key, { status: 'refused', reasons: event.reasons });
    case 'CompensationNoted':
      return state.participants.record(event.key, SUCCEEDED);
    case 'SagasFinished':
      state.participants.forgetBelow(event.originShard, event.finishedBelow);
      state.openTrades.forgetBelow(event.originShard, event.finishedBelow);
      return state.standingLegs.forgetBelow(event.originShard, event.finishedBelow);
    case 'TransferRequested':
      return requestTransfer(state, event, timeMicros);
    case 'TransferPosted':
      state.ledger.post(event.entryNumber, event.postings);
      return state.transfers.post(event.transferNumber);
    case 'TransferRefused':
      return state.transfers.refuse(event.transferNumber, event.reasons);
    case 'AccountFreezeSet':
      return setFreeze(state, event, timeMicros);
    case 'Saga':
      return progressSaga(state, event.saga);
  }
}

function settleLeg(state: ClearingState, { key, entryNumber, leg, postings }: LegSettled): void {
  state.ledger.post(entryNumber, postings);
  state.standingLegs.add(key, { entryNumber, leg, postings });
  state.openTrades.settle(key, leg);
  state.settled.settle(leg);
  state.participants.record(key, SUCCEEDED);
}

function reverseLeg(
  state: ClearingState,
  { key, entryNumber, reversedEntryNumber, postings }: LegReversed,
): void {
  const standing = state.standingLegs.take(key);
  if (standing.entryNumber !== reversedEntryNumber)
    throw new Error(`entry ${entryNumber} reverses ${reversedEntryNumber}, not ${standing.entryNumber}`);
  state.ledger.post(entryNumber, postings);
  state.openTrades.reverse(key, standing.leg);
  state.settled.reverse(standing.leg);
  state.participants.record(key, SUCCEEDED);
}

function requestTransfer(state: ClearingState, event: TransferRequested, atMicros: number): void {
  const { transferNumber, sagaNumber } = event;
  state.transfers.request(transferNumber, sagaNumber, transferBody(event));
  const kind = event.deposit ? 'Deposit' : 'Withdraw';
  clearingSagas.apply(state.sagas, { number: sagaNumber, kind, subject: transferNumber, atMicros });
}

function setFreeze(state: ClearingState, event: AccountFreezeSet, atMicros: number): void {
  const { account, frozen, version, sagaNumber } = event;
  state.freezes.set({ account, frozen, version });
  clearingSagas.apply(state.sagas, { number: sagaNumber, kind: 'FreezeAccount', subject: version, atMicros });
}

function progressSaga(state: ClearingState, event: SagaEvent): void {
  const saga = state.sagas.get(event.sagaNumber);
  state.sagas.evolve(event);
  if (!saga || state.sagas.get(event.sagaNumber)) return;
  if (saga.kind === 'FreezeAccount') state.freezes.told(saga.subject);
  else state.transfers.finish(saga.subject);
}

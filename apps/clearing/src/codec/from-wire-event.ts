import type { clearing, saga } from '@clearway/contracts';
import type { ClearingEvent } from '@clearway/domain-clearing';
import type { StepKey } from '@clearway/domain-saga';
import { fromWireReasons } from '@clearway/platform-rpc';
import { fromWirePhase, sagaEventFromWire } from '@clearway/platform-saga';
import { fromWireLeg } from './leg.codec';
import { fromWirePosting } from './posting.codec';

type Case<Name> = Extract<NonNullable<clearing.ClearingEvent['event']>, { $case: Name }>;

/** An event read back from the journal. Throws on what no version of clearing has written. */
export function fromWireEvent({ key, event }: clearing.ClearingEvent): ClearingEvent {
  switch (event?.$case) {
    case 'legSettled':
      return legSettled(keyOf(key), event.value);
    case 'legReversed': {
      const { entryNumber, reversedEntryNumber, postings } = event.value;
      return {
        kind: 'LegReversed',
        key: keyOf(key),
        entryNumber,
        reversedEntryNumber,
        postings: postings.map(fromWirePosting),
      };
    }
    case 'stepRefused':
      return { kind: 'StepRefused', key: keyOf(key), reasons: fromWireReasons(event.value.reasons) };
    case 'compensationNoted':
      return { kind: 'CompensationNoted', key: keyOf(key) };
    case 'sagasFinished':
      return { kind: 'SagasFinished', ...event.value };
    case 'transferRequested':
      return { kind: 'TransferRequested', ...event.value };
    case 'transferPosted':
    case 'transferRefused':
      return transferEvent(event);
    case 'accountFreezeSet':
      return { kind: 'AccountFreezeSet', ...event.value };
    case 'saga':
      return { kind: 'Saga', saga: sagaEventFromWire(event.value) };
    case undefined:
      throw new Error('an empty event stands in the journal');
  }
}

function legSettled(key: StepKey, { entryNumber, leg, postings }: clearing.LegSettled): ClearingEvent {
  if (!leg) throw new Error(`entry ${entryNumber} names no leg`);
  return {
    kind: 'LegSettled',
    key,
    entryNumber,
    leg: fromWireLeg(leg),
    postings: postings.map(fromWirePosting),
  };
}

function transferEvent(event: Case<'transferPosted'> | Case<'transferRefused'>): ClearingEvent {
  const { transferNumber } = event.value;
  if (event.$case === 'transferRefused')
    return { kind: 'TransferRefused', transferNumber, reasons: fromWireReasons(event.value.reasons) };
  const { entryNumber, postings } = event.value;
  return { kind: 'TransferPosted', entryNumber, transferNumber, postings: postings.map(fromWirePosting) };
}

function keyOf(key: saga.StepKey | undefined): StepKey {
  if (!key) throw new Error('the event of a step names no step');
  return { ...key, phase: fromWirePhase(key.phase) };
}

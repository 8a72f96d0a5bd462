import type { clearing, saga } from '@clearway/contracts';
import type { ClearingEvent } from '@clearway/domain-clearing';
import type { StepKey } from '@clearway/domain-saga';
import { toWireReasons } from '@clearway/platform-rpc';
import { sagaEventToWire, toWirePhase } from '@clearway/platform-saga';
import { toWireLeg } from './leg.codec';
import { toWirePosting } from './posting.codec';

/** An event as the journal keeps it. */
export function toWireEvent(event: ClearingEvent): clearing.ClearingEvent {
  return { key: 'key' in event ? toWireKey(event.key) : undefined, event: toCase(event) };
}

function toWireKey({ originShard, sagaNumber, step, phase }: StepKey): saga.StepKey {
  return { originShard, sagaNumber, step, phase: toWirePhase(phase) };
}

function toCase(event: ClearingEvent): clearing.ClearingEvent['event'] {
  switch (event.kind) {
    case 'LegSettled': {
      const { entryNumber, leg, postings } = event;
      return {
        $case: 'legSettled',
        value: { entryNumber, leg: toWireLeg(leg), postings: postings.map(toWirePosting) },
      };
    }
    case 'LegReversed': {
      const { entryNumber, reversedEntryNumber, postings } = event;
      return {
        $case: 'legReversed',
        value: { entryNumber, reversedEntryNumber, postings: postings.map(toWirePosting) },
      };
    }
    case 'StepRefused':
      return { $case: 'stepRefused', value: { reasons: toWireReasons(event.reasons) } };
    case 'CompensationNoted':
      return { $case: 'compensationNoted', value: {} };
    case 'SagasFinished':
      return { $case: 'sagasFinished', value: event };
    case 'TransferRequested':
      return { $case: 'transferRequested', value: event };
    case 'TransferPosted': {
      const { entryNumber, transferNumber, postings } = event;
      return {
        $case: 'transferPosted',
        value: { entryNumber, transferNumber, postings: postings.map(toWirePosting) },
      };
    }
    case 'TransferRefused': {
      const { transferNumber, reasons } = event;
      return { $case: 'transferRefused', value: { transferNumber, reasons: toWireReasons(reasons) } };
    }
    case 'AccountFreezeSet':
      return { $case: 'accountFreezeSet', value: event };
    case 'Saga':
      return { $case: 'saga', value: sagaEventToWire(event.saga) };
  }
}

import type { ClearingEvent, Posting } from '@clearway/domain-clearing';
import type { JournaledEvent } from '@clearway/platform-journal';

/** What an entry was made for; the words of Posting.kind on the wire. */
export type EntryKind = 'SETTLEMENT' | 'REVERSAL' | 'DEPOSIT' | 'WITHDRAWAL';

/** One ledger entry as the read model takes it. */
export interface EntryRow {
  readonly entryNumber: number;
  readonly atMicros: number;
  readonly kind: EntryKind;
  /** Trade ("trading/0#17") or transfer ("clearing/0#3") it belongs to; of a reversal, undefined until it is looked up. */
  readonly reference: string | undefined;
  /** Of a reversal: the entry that it undoes. */
  readonly reversedEntryNumber: number | undefined;
  readonly postings: readonly Posting[];
}

/** Returns the entry that an event made, or undefined when it made none. */
export function entryRow(shard: string, journaled: JournaledEvent<ClearingEvent>): EntryRow | undefined {
  const { event, context } = journaled;
  const { atMicros } = context;
  switch (event.kind) {
    case 'LegSettled':
      return entry(event, atMicros, 'SETTLEMENT', `${event.key.originShard}#${event.leg.tradeNumber}`);
    case 'LegReversed':
      return { ...entry(event, atMicros, 'REVERSAL'), reversedEntryNumber: event.reversedEntryNumber };
    case 'TransferPosted': {
      const isDeposit = event.postings.some(({ purpose, side }) => purpose === 'NOSTRO' && side === 'debit');
      const kind = isDeposit ? 'DEPOSIT' : 'WITHDRAWAL';
      return entry(event, atMicros, kind, `${shard}#${event.transferNumber}`);
    }
    default:
      return undefined;
  }
}

function entry(
  { entryNumber, postings }: { entryNumber: number; postings: readonly Posting[] },
  atMicros: number,
  kind: EntryKind,
  reference?: string,
): EntryRow {
  return { entryNumber, atMicros, kind, reference, reversedEntryNumber: undefined, postings };
}

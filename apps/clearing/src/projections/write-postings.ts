import type { Posting } from '@clearway/domain-clearing';
import { copyRows, type RowWriter } from '@clearway/platform-projection';
import type { ClientBase } from 'pg';
import type { EntryRow } from './posting-rows';

const POSTINGS = `ledger_postings (shard, entry_number, line, at_micros, owner, purpose, asset, side, amount_minor, balance_minor, kind,
  reference)`;

/** A posting as its row has it. */
export interface PostingRow {
  readonly entry: EntryRow;
  /** Place of the posting within its entry, from 0. */
  readonly line: number;
  readonly posting: Posting;
  /** Of the account, right after the posting. */
  readonly balanceMinor: bigint;
  readonly reference: string;
}

/** Writes rows of postings. */
export async function writePostings(
  client: ClientBase,
  shard: string,
  rows: readonly PostingRow[],
): Promise<void> {
  await copyRows(client, POSTINGS, rows, (to, row) => writePosting(to, shard, row));
}

function writePosting(to: RowWriter, shard: string, row: PostingRow): void {
  const { entry, posting } = row;
  to.text(shard).integer(entry.entryNumber).integer(row.line).integer(entry.atMicros);
  to.text(posting.owner).text(posting.purpose).text(posting.asset).text(posting.side);
  to.integer(posting.amountMinor).integer(row.balanceMinor).text(entry.kind).text(row.reference);
}

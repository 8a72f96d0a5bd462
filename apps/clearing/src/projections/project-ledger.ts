import type { ClearingEvent } from '@clearway/domain-clearing';
import type { JournaledEvent } from '@clearway/platform-journal';
import type { ClientBase } from 'pg';
import { type EntryRow, entryRow } from './posting-rows';
import { RunningBalances } from './running-balances';
import { type PostingRow, writePostings } from './write-postings';

const FIND_REFERENCES = `
SELECT entry_number, reference FROM ledger_postings WHERE shard = $1 AND entry_number = ANY($2::bigint[]) AND line = 0`;

/** Projects the ledger entries among the events, each posting with the balance right after it. */
export async function projectLedger(
  client: ClientBase,
  shard: string,
  events: readonly JournaledEvent<ClearingEvent>[],
): Promise<void> {
  const entries = events.map((event) => entryRow(shard, event)).filter((entry) => entry !== undefined);
  if (entries.length === 0) return;
  const references = await referencesOf(client, shard, entries);
  const balances = await RunningBalances.load(client, shard, entries);
  await writePostings(client, shard, rowsOf(entries, references, balances));
  await balances.save(client, shard);
}

function rowsOf(
  entries: readonly EntryRow[],
  references: ReadonlyMap<number, string>,
  balances: RunningBalances,
): PostingRow[] {
  const rows: PostingRow[] = [];
  for (const entry of entries) {
    const reference = references.get(entry.entryNumber) ?? '';
    for (const [line, posting] of entry.postings.entries())
      rows.push({ entry, line, posting, balanceMinor: balances.apply(posting), reference });
  }
  return rows;
}

/** References by entry; a reversal has that of the entry that it undoes. */
async function referencesOf(
  client: ClientBase,
  shard: string,
  entries: readonly EntryRow[],
): Promise<ReadonlyMap<number, string>> {
  const references = new Map<number, string>();
  for (const { entryNumber, reference } of entries) if (reference) references.set(entryNumber, reference);
  const undone = entries.map(({ reversedEntryNumber }) => reversedEntryNumber).filter((n) => n !== undefined);
  const missing = undone.filter((number) => !references.has(number));
  if (missing.length > 0) {
    const { rows } = await client.query<{ entry_number: string; reference: string }>(FIND_REFERENCES, [
      shard,
      missing,
    ]);
    for (const row of rows) references.set(Number(row.entry_number), row.reference);
  }
  for (const { entryNumber, reversedEntryNumber } of entries)
    if (reversedEntryNumber !== undefined)
      references.set(entryNumber, references.get(reversedEntryNumber) ?? '');
  return references;
}

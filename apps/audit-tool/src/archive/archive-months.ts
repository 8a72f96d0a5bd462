import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { writeExport } from '../export/write-export';
import { linesOfFile } from '../file/line-reader';
import type { AuditClient } from '../stack';
import { verifyExport } from '../verify/verify-export';

/** Days that stay in the database whatever is asked: auditors work with them every day. */
export const HOT_DAYS_MIN = 180;

/** A month of entries, as the database keeps it. */
export interface MonthPartition {
  /** `audit_blocks_2026_05`. */
  readonly name: string;
  readonly fromMicros: number;
  readonly toMicros: number;
}

/** What became of one month. */
export interface ArchivedMonth {
  readonly name: string;
  readonly file: string;
  readonly entries: number;
  readonly fromLeaf: number;
  readonly toLeaf: number;
  readonly dropped: boolean;
}

/** What to archive, and how. */
export interface ArchiveOptions {
  /** Connection as the owner of audit's schema. */
  readonly database: Pick<Client, 'query'>;
  readonly client: AuditClient;
  readonly dir: string;
  /** Months that ended before this time. */
  readonly beforeMicros: number;
  /** False writes and verifies the files only. */
  readonly drops: boolean;
}

const PARTITION_PATTERN = /^audit_blocks_(\d{4})_(\d{2})$/;
const LOCK_TIMEOUT_MS = 5_000;

/** The end of the hot days, in microseconds. Throws RangeError for fewer days than HOT_DAYS_MIN. */
export function archiveBefore(nowMs: number, days: number): number {
  if (!Number.isSafeInteger(days) || days < HOT_DAYS_MIN)
    throw new RangeError(`the last ${HOT_DAYS_MIN} days are never archived`);
  return (nowMs - days * 86_400_000) * 1_000;
}

/**
 * Archives whole months, oldest first: exports the leaves from the first to the last one of the month into a file, verifies that
 * file, and only then, when asked to, drops the month's partition. How many events of each source it held stays behind, so that
 * the invariants still add up. The tree, its hashes and the journal are not touched: a proof of an archived leaf can
 * still be had.
 */
export async function archiveMonths(options: ArchiveOptions): Promise<ArchivedMonth[]> {
  const archived: ArchivedMonth[] = [];
  for (const month of await monthsBefore(options.database, options.beforeMicros))
    archived.push(await archiveMonth(options, month));
  return archived;
}

async function archiveMonth(options: ArchiveOptions, month: MonthPartition): Promise<ArchivedMonth> {
  const { client, dir, database, drops } = options;
  const { fromMicros, toMicros } = month;
  const unnamed = join(dir, `${month.name}.${process.pid}.unverified`);
  try {
    const wishes = { fromLeaf: 0, toLeaf: 0, fromMicros, toMicros, older: [] };
    const { fromLeaf, toLeaf } = await writeExport(client, unnamed, wishes);
    const { verifierKey } = await client.call('getCheckpoint', {});
    const { findings, entries } = await verifyExport(linesOfFile(unnamed), { verifierKey });
    if (findings.length > 0)
      throw new Error(`the file of ${month.name} does not verify: ${findings[0]?.message}`);
    // The range is part of the name, so that what comes late for a month never replaces an older file.
    const file = join(dir, `${fileNameOf(month)}-leaves-${fromLeaf}-${toLeaf}.jsonl`);
    await rename(unnamed, file);
    if (drops) await dropMonth(database, month, file, { fromLeaf, toLeaf });
    return { name: month.name, file, entries, fromLeaf, toLeaf, dropped: drops };
  } finally {
    await rm(unnamed, { force: true });
  }
}

/** `audit-entries-2026-05`. */
function fileNameOf({ name }: MonthPartition): string {
  const [, year, month] = PARTITION_PATTERN.exec(name) ?? [];
  return `audit-entries-${year}-${month}`;
}

/** Months that ended before a time, oldest first. */
async function monthsBefore(
  database: Pick<Client, 'query'>,
  beforeMicros: number,
): Promise<MonthPartition[]> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT child.relname AS name FROM pg_inherits
     JOIN pg_class AS child ON child.oid = inhrelid
     WHERE inhparent = 'public.audit_blocks'::regclass ORDER BY child.relname`,
  );
  return rows
    .map(({ name }) => monthOf(name))
    .filter((month) => month !== undefined && month.toMicros <= beforeMicros) as MonthPartition[];
}

function monthOf(name: string): MonthPartition | undefined {
  const [, year, month] = PARTITION_PATTERN.exec(name) ?? [];
  if (year === undefined || month === undefined) return undefined;
  const [fromMs, toMs] = [Date.UTC(+year, +month - 1), Date.UTC(+year, +month)];
  return { name, fromMicros: fromMs * 1_000, toMicros: toMs * 1_000 };
}

/** Notes what the month held and drops it, in one transaction, if all of it is in the file. */
async function dropMonth(
  database: Pick<Client, 'query'>,
  { name, toMicros }: MonthPartition,
  file: string,
  { fromLeaf, toLeaf }: { readonly fromLeaf: number; readonly toLeaf: number },
): Promise<void> {
  await database.query('BEGIN');
  try {
    await database.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await database.query(`LOCK TABLE public.${name} IN ACCESS EXCLUSIVE MODE`);
    const { rows } = await database.query<{ outside: string }>(
      `SELECT count(*) AS outside FROM public.${name} WHERE first_leaf < $1 OR last_leaf >= $2`,
      [fromLeaf, toLeaf],
    );
    if (rows[0]?.outside !== '0')
      throw new Error(`${name} has entries that are not in ${file}: archive again`);
    await database.query(noteMonth(name), [name, file]);
    await database.query('DELETE FROM public.audit_subjects WHERE at_micros < $1', [toMicros]);
    await database.query(`ALTER TABLE public.audit_blocks DETACH PARTITION public.${name}`);
    await database.query(`DROP TABLE public.${name}`);
    await database.query('COMMIT');
  } catch (error) {
    await database.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** The name is one that PARTITION_PATTERN took. */
const noteMonth = (name: string): string => `
  INSERT INTO public.audit_archived (partition_name, source_shard, rows, first_event, last_event, event_sum, file)
  SELECT $1, shard, sum(rows), min(first_event), max(last_event), sum(event_sum), $2
  FROM public.${name}, unnest(sources, event_counts, first_events, last_events, event_sums)
    AS source (shard, rows, first_event, last_event, event_sum)
  GROUP BY shard
  ON CONFLICT (partition_name, source_shard) DO UPDATE SET rows = audit_archived.rows + excluded.rows,
    first_event = least(audit_archived.first_event, excluded.first_event),
    last_event = greatest(audit_archived.last_event, excluded.last_event),
    event_sum = audit_archived.event_sum + excluded.event_sum, file = excluded.file`;

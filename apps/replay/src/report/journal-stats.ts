import { createPool } from '@clearway/platform-postgres';

/** What one service's journal holds. */
export interface JournalCount {
  /** Commits. */
  readonly batches: number;
  readonly events: number;
}

/** Counts by service; a service whose database cannot be read is left out. */
export type JournalCounts = ReadonlyMap<string, JournalCount>;

const SERVICES = ['trading', 'risk', 'clearing', 'audit'] as const;

/** Counts every service's commits and events in its database. Only the development stack tells the URL; without it, none. */
export async function countJournals(postgresUrl: string | undefined): Promise<JournalCounts> {
  if (postgresUrl === undefined) return new Map();
  const counts = await Promise.all(SERVICES.map((service) => countJournal(postgresUrl, service)));
  return new Map(SERVICES.flatMap((service, at) => (counts[at] ? [[service, counts[at]] as const] : [])));
}

async function countJournal(postgresUrl: string, service: string): Promise<JournalCount | undefined> {
  const url = new URL(postgresUrl);
  url.pathname = `/clearway_${service}`;
  const pool = createPool(url.toString(), { applicationName: 'clearway-replay', max: 1 });
  try {
    const { rows } = await pool.query<{ batches: string; events: string }>(
      'SELECT count(*) AS batches, coalesce(sum(event_count), 0) AS events FROM journal_batches',
    );
    return { batches: Number(rows[0]?.batches), events: Number(rows[0]?.events) };
  } catch {
    return undefined;
  } finally {
    await pool.end();
  }
}

import { createPool } from '@clearway/platform-postgres';

/** What the databases hold. */
export interface JournalUsage {
  readonly commits: number;
  readonly events: number;
  readonly payloadBytes: number;
  readonly databaseBytes: number;
}

const SERVICES = ['trading', 'risk', 'clearing', 'audit'] as const;
const QUERY = `SELECT count(*) AS commits, coalesce(sum(event_count), 0) AS events, coalesce(sum(length(payload)), 0) AS bytes,
  pg_database_size(current_database()) AS size FROM journal_batches`;

/** Counts each service's commits, events and bytes. */
export async function journalUsage(postgresUrl: string): Promise<ReadonlyMap<string, JournalUsage>> {
  const usage = new Map<string, JournalUsage>();
  for (const service of SERVICES) {
    const url = new URL(postgresUrl);
    url.pathname = `/clearway_${service}`;
    const pool = createPool(url.toString(), {
      applicationName: 'clearway-bench',
      max: 1,
      statementTimeoutMs: 60_000,
    });
    const { rows } = await pool.query<Record<'commits' | 'events' | 'bytes' | 'size', string>>(QUERY);
    await pool.end();
    const { commits = 0, events = 0, bytes = 0, size = 0 } = rows[0] ?? {};
    usage.set(service, {
      commits: Number(commits),
      events: Number(events),
      payloadBytes: Number(bytes),
      databaseBytes: Number(size),
    });
  }
  return usage;
}

import type { Pool } from 'pg';

/** What the read model holds of one source. */
export interface SourceTotals {
  readonly shard: string;
  readonly rows: number;
  readonly firstEvent: number;
  readonly lastEvent: number;
  /** Sum of all event numbers: with rows, first and last it tells doubled and missing events from a plain sequence. */
  readonly eventSum: bigint;
}

/** What the read model holds, of one moment. */
export interface ReadModelTotals {
  /** Leaves that it says it has. */
  readonly nextLeaf: number;
  readonly sources: readonly SourceTotals[];
}

interface Row {
  readonly next_leaf: string;
  readonly shard: string | null;
  readonly rows: string;
  readonly first_event: string | null;
  readonly last_event: string | null;
  readonly event_sum: string | null;
}

const TOTALS = `
  WITH head AS (SELECT coalesce(max(next_leaf), 0) AS next_leaf FROM audit_entries_head WHERE shard = $1),
  parts AS (
    SELECT shard, sum(rows) AS rows, min(first_event) AS first_event, max(last_event) AS last_event,
      sum(event_sum) AS event_sum
    FROM audit_blocks, unnest(sources, event_counts, first_events, last_events, event_sums)
      AS source (shard, rows, first_event, last_event, event_sum)
    GROUP BY shard
    UNION ALL SELECT source_shard, rows, first_event, last_event, event_sum FROM audit_archived),
  sources AS (
    SELECT shard, sum(rows) AS rows, min(first_event) AS first_event, max(last_event) AS last_event,
      sum(event_sum) AS event_sum
    FROM parts GROUP BY shard)
  SELECT head.next_leaf, sources.shard, coalesce(sources.rows, 0) AS rows, first_event, last_event, event_sum
  FROM head LEFT JOIN sources ON true`;

/**
 * Counts the leaves of the read model in one statement, so that all figures are of one moment. It reads every row once; months that were
 * archived count with what they held.
 */
export async function readTotals(pool: Pick<Pool, 'query'>, auditShard: string): Promise<ReadModelTotals> {
  const { rows } = await pool.query<Row>(TOTALS, [auditShard]);
  const sources = rows.flatMap(({ shard, ...row }) => {
    if (shard === null) return [];
    const [firstEvent, lastEvent] = [Number(row.first_event), Number(row.last_event)];
    return [{ shard, rows: Number(row.rows), firstEvent, lastEvent, eventSum: BigInt(row.event_sum ?? 0) }];
  });
  return { nextLeaf: Number(rows[0]?.next_leaf ?? 0), sources };
}

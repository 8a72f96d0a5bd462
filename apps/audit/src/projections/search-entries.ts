import type { audit } from '@clearway/contracts';
import type { Pool } from 'pg';

/** What entries are searched by; all that are given must match. */
export interface EntrySearch {
  readonly account?: string;
  readonly actor?: string;
  readonly resource?: string;
  readonly action?: string;
  readonly traceId?: string;
  /** Not before. */
  readonly fromMicros?: number;
  /** Before. */
  readonly toMicros?: number;
  /** Leaves below this index were on earlier pages. */
  readonly fromLeaf: number;
  readonly limit: number;
}

/** By key of the search: its condition. Only these texts ever reach the SQL; values are parameters. */
const CONDITIONS = {
  account: 'account =',
  actor: 'actor =',
  resource: 'resource =',
  action: 'action =',
  traceId: 'trace_id =',
  fromMicros: 'at_micros >=',
  toMicros: 'at_micros <',
  fromLeaf: 'leaf_index >=',
} as const satisfies Partial<Record<keyof EntrySearch, string>>;

interface Row {
  readonly leaf_index: string;
  readonly at_micros: string;
  readonly shard: string;
  readonly event_number: string;
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly address: string;
  readonly device: string;
  readonly result: string;
  readonly account: string;
  readonly trace_id: string;
  readonly method: string;
  readonly detail_json: string;
  readonly leaf_hash: Buffer;
  readonly risk_score: number;
}

/**
 * Finds entries in the order of the tree, which is the order in which audit saw them: within a source that of its journal.
 * A page is stable, because leaves are only ever added behind.
 */
export async function searchEntries(
  pool: Pick<Pool, 'query'>,
  search: EntrySearch,
): Promise<audit.AuditEntry[]> {
  const { sql, values } = searchSql(search);
  const { rows } = await pool.query<Row>(sql, values);
  return rows.map(entryOf);
}

/** The statement of a search and its parameters. */
export function searchSql(search: EntrySearch): { readonly sql: string; readonly values: unknown[] } {
  const values: unknown[] = [search.limit];
  const conditions: string[] = [];
  for (const [key, condition] of Object.entries(CONDITIONS)) {
    const value = search[key as keyof typeof CONDITIONS];
    if (value === undefined) continue;
    values.push(value);
    conditions.push(`${condition} $${values.length}`);
  }
  const sql = `SELECT * FROM audit_entries WHERE ${conditions.join(' AND ')} ORDER BY leaf_index LIMIT $1`;
  return { sql, values };
}

function entryOf(row: Row): audit.AuditEntry {
  return {
    leafIndex: Number(row.leaf_index),
    shard: row.shard,
    eventNumber: Number(row.event_number),
    atMicros: Number(row.at_micros),
    actor: row.actor,
    action: row.action,
    resource: row.resource,
    address: row.address,
    device: row.device,
    result: row.result,
    account: row.account,
    traceId: row.trace_id,
    method: row.method,
    detailJson: row.detail_json,
    leafHash: row.leaf_hash,
    riskScore: row.risk_score,
  };
}

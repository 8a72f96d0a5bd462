import type { audit } from '@clearway/contracts';
import type { Pool } from 'pg';

/** What entries are searched by; all that are given must match. */
export interface EntrySearch {
  /** Either side of a trade. */
  readonly account?: string;
  /** `trading/0:17`; either side of a trade. */
  readonly order?: string;
  /** Owner of an account, or the participant who acted; either side of a trade. */
  readonly participant?: string;
  /** Source shard. */
  readonly shard?: string;
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
  actor: 'actor =',
  resource: 'resource =',
  action: 'action =',
  traceId: 'trace_id =',
  shard: 'shard =',
  fromMicros: 'at_micros >=',
  toMicros: 'at_micros <',
  fromLeaf: 'leaf_index >=',
} as const satisfies Partial<Record<keyof EntrySearch, string>>;

/** Keys that are found in either of two columns, each with an index of its own. */
const EITHER_COLUMN = {
  account: ['account', 'other_account'],
  order: ['order_ref', 'other_order_ref'],
  participant: ['participant', 'other_participant'],
} as const satisfies Partial<Record<keyof EntrySearch, readonly [string, string]>>;

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
  readonly other_account: string;
  readonly order_ref: string;
  readonly other_order_ref: string;
  readonly participant: string;
  readonly other_participant: string;
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

/**
 * The statement of a search and its parameters. A key of either column is looked up in each by its index, in the order of the
 * tree and for one page only, instead of by an OR that would read all there is of a busy account.
 */
export function searchSql(search: EntrySearch): { readonly sql: string; readonly values: unknown[] } {
  const values: unknown[] = [search.limit];
  const conditions: string[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  for (const [key, condition] of Object.entries(CONDITIONS)) {
    const value = search[key as keyof typeof CONDITIONS];
    if (value !== undefined) conditions.push(`${condition} ${parameter(value)}`);
  }
  let branches = [conditions];
  for (const [key, columns] of Object.entries(EITHER_COLUMN)) {
    const value = search[key as keyof typeof EITHER_COLUMN];
    if (value === undefined) continue;
    const wanted = parameter(value);
    branches = branches.flatMap((branch) => columns.map((column) => [...branch, `${column} = ${wanted}`]));
  }
  const pages = branches.map((branch) => {
    return `(SELECT * FROM audit_entries WHERE ${branch.join(' AND ')} ORDER BY leaf_index LIMIT $1)`;
  });
  const sql = pages.length === 1 ? pages[0]! : `${pages.join(' UNION ')} ORDER BY leaf_index LIMIT $1`;
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
    orders: [row.order_ref, row.other_order_ref].filter((order) => order !== ''),
    accounts: [row.account, row.other_account].filter((account) => account !== ''),
    participants: [row.participant, row.other_participant].filter((name) => name !== ''),
  };
}

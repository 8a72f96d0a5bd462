import {
  type AuditEvent,
  type CheckpointRecorded,
  HASH_BYTES,
  type LeavesAppended,
} from '@clearway/domain-audit';
import type { JournaledEvent } from '@clearway/platform-journal';
import type { ClientBase } from 'pg';
import { type EntryRow, rowsOf, storable } from './entry-row';
import { type EntrySubjects, type OwnedRow, storeSubjects } from './entry-subjects';
import { type PlacedLeaves, storeBatches, storeCheckpoints, storeTiles } from './tree-tables';

/** Rows of one INSERT at most: unnest costs the same a row from about two hundred on, and this bounds a statement's size. */
export const ROWS_PER_INSERT_MAX = 2_000;

/**
 * Writes what a journal batch of audit says, in journal order, within the caller's transaction: rows, hashes, checkpoints. The
 * index of a batch's first leaf is how many leaves came before it, which the table of heads remembers in the same transaction.
 */
export async function insertEntries(
  client: ClientBase,
  auditShard: string,
  events: readonly JournaledEvent<AuditEvent>[],
  subjects: EntrySubjects,
): Promise<void> {
  await storeCheckpoints(client, auditShard, events.filter(isCheckpoint));
  const appended = events.filter(isLeavesAppended);
  if (appended.length === 0) return;
  const size = await readNextLeaf(client, auditShard);
  const batches = placeLeaves(appended, size);
  const rows = batches.flatMap(({ event, firstLeaf }) => rowsOf(event, firstLeaf));
  await ensurePartitions(client, rows);
  const owned = await subjects.resolve(client, rows);
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT_MAX)
    await insertRows(client, owned.rows.slice(at, at + ROWS_PER_INSERT_MAX));
  await storeSubjects(client, owned);
  await storeBatches(client, auditShard, batches);
  await storeTiles(client, auditShard, size, batches);
  await client.query(WRITE_HEAD, [auditShard, size + rows.length]);
}

function placeLeaves(events: readonly JournaledEvent<LeavesAppended>[], size: number): PlacedLeaves[] {
  let firstLeaf = size;
  return events.map(({ number, event }) => {
    const placed = { journalEvent: number, firstLeaf, event };
    firstLeaf += event.leafHashes.length / HASH_BYTES;
    return placed;
  });
}

function isLeavesAppended(event: JournaledEvent<AuditEvent>): event is JournaledEvent<LeavesAppended> {
  return event.event.kind === 'LeavesAppended';
}

function isCheckpoint(event: JournaledEvent<AuditEvent>): event is JournaledEvent<CheckpointRecorded> {
  return event.event.kind === 'CheckpointRecorded';
}

/** How many leaves of the tree are in audit_entries; 0 before the first. */
export async function readNextLeaf(client: Pick<ClientBase, 'query'>, auditShard: string): Promise<number> {
  const sql = 'SELECT next_leaf FROM audit_entries_head WHERE shard = $1';
  const { rows } = await client.query<{ next_leaf: string }>(sql, [auditShard]);
  return Number(rows[0]?.next_leaf ?? 0);
}

const WRITE_HEAD = `
  INSERT INTO audit_entries_head (shard, next_leaf) VALUES ($1, $2)
  ON CONFLICT (shard) DO UPDATE SET next_leaf = excluded.next_leaf`;

/** Column, its SQL type, and what of a row goes into it. */
const COLUMNS: readonly (readonly [column: string, type: string, value: (owned: OwnedRow) => unknown])[] = [
  ['leaf_index', 'bigint', ({ row }) => row.leafIndex],
  ['at_micros', 'bigint', ({ row }) => row.atMicros],
  ['shard', 'text', ({ row }) => row.shard],
  ['event_number', 'bigint', ({ row }) => row.eventNumber],
  ['actor', 'text', ({ row }) => row.actor],
  ['action', 'text', ({ row }) => row.action],
  ['resource', 'text', ({ row }) => row.resource],
  ['address', 'text', ({ row }) => row.address],
  ['device', 'text', ({ row }) => row.device],
  ['result', 'text', ({ row }) => row.result],
  ['account', 'text', ({ accounts }) => accounts[0] ?? ''],
  ['other_account', 'text', ({ accounts }) => accounts[1] ?? ''],
  ['order_ref', 'text', ({ orders }) => storable(orders[0] ?? '')],
  ['other_order_ref', 'text', ({ orders }) => storable(orders[1] ?? '')],
  ['participant', 'text', ({ participants }) => participants[0] ?? ''],
  ['other_participant', 'text', ({ participants }) => participants[1] ?? ''],
  ['trace_id', 'text', ({ row }) => row.traceId],
  ['method', 'text', ({ row }) => row.method],
  ['detail_json', 'text', ({ row }) => row.detailJson],
  ['leaf_hash', 'bytea', ({ row }) => row.leafHash],
];

const INSERT = `
  INSERT INTO audit_entries (${COLUMNS.map(([column]) => column).join(', ')})
  SELECT * FROM unnest(${COLUMNS.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')})`;

async function insertRows(client: ClientBase, rows: readonly OwnedRow[]): Promise<void> {
  const values = COLUMNS.map(([, , value]) => rows.map(value));
  await client.query({ name: 'insert-audit-entries', text: INSERT, values });
}

const DAY_MICROS = 86_400_000_000;

/** Creates the partitions that are missing. A day belongs to one month, so one look for each day is enough. */
async function ensurePartitions(client: ClientBase, rows: readonly EntryRow[]): Promise<void> {
  const days = new Set(rows.map(({ atMicros }) => Math.floor(atMicros / DAY_MICROS) * DAY_MICROS));
  const sql = 'SELECT ensure_audit_partition(day) FROM unnest($1::bigint[]) AS day';
  await client.query({ name: 'ensure-audit-partition', text: sql, values: [[...days]] });
}

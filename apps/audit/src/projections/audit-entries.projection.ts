import {
  type AuditEvent,
  type CheckpointRecorded,
  HASH_BYTES,
  type LeavesAppended,
} from '@clearway/domain-audit';
import type { JournaledEvent } from '@clearway/platform-journal';
import type { ClientBase } from 'pg';
import type { EventIndex } from './event-index';
import { type PlacedLeaves, storeBatches, storeCheckpoints, storeTiles } from './tree-tables';

/**
 * Writes what a journal batch of audit says, in journal order, within the caller's transaction: keys, hashes, checkpoints. The
 * index of a batch's first leaf is how many leaves came before it, which the table of heads remembers in the same transaction.
 */
export async function insertEntries(
  client: ClientBase,
  auditShard: string,
  events: readonly JournaledEvent<AuditEvent>[],
  index: EventIndex,
): Promise<void> {
  await storeCheckpoints(client, auditShard, events.filter(isCheckpoint));
  const appended = events.filter(isLeavesAppended);
  if (appended.length === 0) return;
  const size = await readNextLeaf(client, auditShard);
  const batches = placeLeaves(appended, size);
  await index.store(client, batches);
  await storeBatches(client, auditShard, batches);
  await storeTiles(client, auditShard, size, batches);
  await client.query(WRITE_HEAD, [auditShard, sizeAfter(batches, size)]);
}

function sizeAfter(batches: readonly PlacedLeaves[], size: number): number {
  const last = batches.at(-1);
  return last === undefined ? size : last.firstLeaf + last.event.leafHashes.length / HASH_BYTES;
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

/** How many leaves of the tree are findable; 0 before the first. */
export async function readNextLeaf(client: Pick<ClientBase, 'query'>, auditShard: string): Promise<number> {
  const sql = 'SELECT next_leaf FROM audit_entries_head WHERE shard = $1';
  const { rows } = await client.query<{ next_leaf: string }>(sql, [auditShard]);
  return Number(rows[0]?.next_leaf ?? 0);
}

const WRITE_HEAD = `
  INSERT INTO audit_entries_head (shard, next_leaf) VALUES ($1, $2)
  ON CONFLICT (shard) DO UPDATE SET next_leaf = excluded.next_leaf`;

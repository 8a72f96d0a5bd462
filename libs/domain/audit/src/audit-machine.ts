import type { Machine, Turn } from '@clearway/kernel';
import { isSourceShard } from './audit-entry';
import {
  type AuditState,
  createAuditState,
  expectedEvent,
  FIRST_EVENT_NUMBER,
  recordedCheckpoint,
  restoreAuditState,
  snapshotAuditState,
} from './audit-state';
import { readCheckpointUnverified } from './checkpoint';
import { HASH_BYTES, hashesEqual } from './merkle-hash';

/** The most leaves that one append may bring. */
export const APPEND_LEAVES_MAX = 65_536;

/** The longest payload of one append, in bytes: 32 MiB. */
export const APPEND_PAYLOAD_BYTES_MAX = 33_554_432;

/** The most source shards that one audit shard follows. */
export const SOURCE_SHARDS_MAX = 4096;

/**
 * Appends one batch of a source's journal: the leaf hashes of its events (n × 32 bytes, in order, the first that of event
 * `firstEvent`), and the source batch as it came, which is kept in the journal as the archive.
 */
export interface Append {
  readonly kind: 'Append';
  readonly sourceShard: string;
  readonly firstEvent: number;
  readonly leafHashes: Uint8Array;
  readonly payload: Uint8Array;
}

/**
 * Records a signed checkpoint. The app reads `treeHead(state)`, signs outside, and sends the note; it is accepted only if
 * the tree still is what the note says, so a checkpoint that appends have overtaken is signed anew rather than recorded.
 */
export interface RecordCheckpoint {
  readonly kind: 'RecordCheckpoint';
  readonly note: string;
}

/** What the audit machine can be asked. */
export type AuditCommand = Append | RecordCheckpoint;

/**
 * Leaves entered the tree, behind all that entered before them: the first leaf's index is the tree's size until then, so the
 * event need not say it. Audit's own journal is the archive of every payload.
 */
export interface LeavesAppended {
  readonly kind: 'LeavesAppended';
  readonly sourceShard: string;
  readonly firstEvent: number;
  readonly leafHashes: Uint8Array;
  readonly payload: Uint8Array;
}

/** A signed tree head was recorded. Size and root stand in the note and beside it, for readers that do not parse notes. */
export interface CheckpointRecorded {
  readonly kind: 'CheckpointRecorded';
  readonly note: string;
  readonly size: number;
  readonly rootHash: Uint8Array;
}

/** What the audit machine journals. */
export type AuditEvent = LeavesAppended | CheckpointRecorded;

/** Why an append is not well-formed; the first that applies in this order. */
export type AppendDefect =
  | 'BAD_SOURCE_SHARD'
  | 'BAD_EVENT_NUMBER'
  | 'NO_LEAVES'
  | 'PARTIAL_LEAF_HASH'
  | 'TOO_MANY_LEAVES'
  | 'PAYLOAD_TOO_LONG'
  | 'TOO_MANY_SOURCE_SHARDS';

/** Why a checkpoint was refused; the first that applies in this order. */
export type CheckpointRefusal = 'MALFORMED' | 'ORIGIN_CHANGED' | 'SIZE_MISMATCH' | 'ROOT_MISMATCH';

/**
 * What the machine answers.
 * - `appended`: the leaves [firstLeaf, firstLeaf + leafCount) are these events; subscribe on from `expectedEvent`.
 * - `duplicate`: every event of the batch is in the tree already; nothing happened. The content is not compared.
 * - `overlap`: some are, some are not. Nothing happened: the caller drops the events below `expectedEvent` and sends the rest.
 * - `gap`: the batch starts after `expectedEvent`. Nothing happened: the caller reads the source again from there.
 * - `invalid`: the command is not well-formed.
 * - `checkpointRecorded`, `checkpointUnchanged` (the very note was recorded before), `checkpointRefused`.
 */
export type AuditOutcome =
  | {
      readonly kind: 'appended';
      readonly firstLeaf: number;
      readonly leafCount: number;
      readonly expectedEvent: number;
    }
  | { readonly kind: 'duplicate'; readonly expectedEvent: number }
  | { readonly kind: 'overlap'; readonly expectedEvent: number }
  | { readonly kind: 'gap'; readonly expectedEvent: number }
  | { readonly kind: 'invalid'; readonly defect: AppendDefect }
  | { readonly kind: 'checkpointRecorded'; readonly size: number }
  | { readonly kind: 'checkpointUnchanged'; readonly size: number }
  | { readonly kind: 'checkpointRefused'; readonly reason: CheckpointRefusal };

/**
 * The audit service's state machine: it follows the journals of all other services without gap or repeat, and puts every
 * event into one append-only Merkle tree. Nothing rides along: an acknowledged leaf is durable before anyone hears of it.
 */
export const auditMachine: Machine<AuditState, AuditCommand, AuditEvent, AuditOutcome> = {
  name: 'audit',
  create: createAuditState,
  decide: (state, command, turn) =>
    command.kind === 'Append' ? append(state, command, turn) : recordCheckpoint(state, command, turn),
  evolve,
  rides: () => false,
  snapshot: snapshotAuditState,
  restore: restoreAuditState,
};

function append(state: AuditState, command: Append, turn: Turn<AuditEvent>): AuditOutcome {
  const defect = appendDefect(state, command);
  if (defect !== null) return { kind: 'invalid', defect };
  const { sourceShard, firstEvent, leafHashes, payload } = command;
  const expected = expectedEvent(state, sourceShard);
  const leafCount = leafHashes.length / HASH_BYTES;
  const nextEvent = firstEvent + leafCount;
  if (firstEvent > expected) return { kind: 'gap', expectedEvent: expected };
  if (nextEvent <= expected) return { kind: 'duplicate', expectedEvent: expected };
  if (firstEvent < expected) return { kind: 'overlap', expectedEvent: expected };
  const firstLeaf = state.tree.size;
  turn.emit({ kind: 'LeavesAppended', sourceShard, firstEvent, leafHashes, payload });
  return { kind: 'appended', firstLeaf, leafCount, expectedEvent: nextEvent };
}

function appendDefect(state: AuditState, command: Append): AppendDefect | null {
  const { sourceShard, firstEvent, leafHashes, payload } = command;
  const leafCount = leafHashes.length / HASH_BYTES;
  const isNew = !state.nextEvents.has(sourceShard);
  if (!isSourceShard(sourceShard)) return 'BAD_SOURCE_SHARD';
  if (!Number.isSafeInteger(firstEvent) || firstEvent < FIRST_EVENT_NUMBER) return 'BAD_EVENT_NUMBER';
  if (!Number.isSafeInteger(firstEvent + Math.ceil(leafCount))) return 'BAD_EVENT_NUMBER';
  if (leafCount === 0) return 'NO_LEAVES';
  if (!Number.isInteger(leafCount)) return 'PARTIAL_LEAF_HASH';
  if (leafCount > APPEND_LEAVES_MAX) return 'TOO_MANY_LEAVES';
  if (payload.length > APPEND_PAYLOAD_BYTES_MAX) return 'PAYLOAD_TOO_LONG';
  return isNew && state.nextEvents.size >= SOURCE_SHARDS_MAX ? 'TOO_MANY_SOURCE_SHARDS' : null;
}

function recordCheckpoint(
  state: AuditState,
  { note }: RecordCheckpoint,
  turn: Turn<AuditEvent>,
): AuditOutcome {
  const last = state.lastCheckpoint;
  if (last !== null && last.note === note) return { kind: 'checkpointUnchanged', size: last.size };
  const parsed = readCheckpointUnverified(note);
  if (parsed.kind === 'malformed') return { kind: 'checkpointRefused', reason: 'MALFORMED' };
  const { origin, size, rootHash } = parsed.checkpoint;
  if (last !== null && last.origin !== origin) return { kind: 'checkpointRefused', reason: 'ORIGIN_CHANGED' };
  if (size !== state.tree.size) return { kind: 'checkpointRefused', reason: 'SIZE_MISMATCH' };
  if (!hashesEqual(rootHash, state.tree.root()))
    return { kind: 'checkpointRefused', reason: 'ROOT_MISMATCH' };
  turn.emit({ kind: 'CheckpointRecorded', note, size, rootHash });
  return { kind: 'checkpointRecorded', size };
}

function evolve(state: AuditState, event: AuditEvent, timeMicros: number): void {
  if (event.kind === 'CheckpointRecorded') {
    // Holds for every checkpoint that was ever recorded; where it does not, leaves of the journal were lost or changed.
    if (event.size !== state.tree.size || !hashesEqual(event.rootHash, state.tree.root()))
      throw new Error(`audit journal is broken: at ${state.tree.size} leaves it is not what was signed`);
    state.lastCheckpoint = recordedCheckpoint(event.note, timeMicros);
    return;
  }
  const { sourceShard, firstEvent, leafHashes } = event;
  if (firstEvent !== expectedEvent(state, sourceShard))
    throw new Error(`audit journal is broken at leaf ${state.tree.size}, ${sourceShard}#${firstEvent}`);
  state.tree.appendMany(leafHashes);
  state.nextEvents.set(sourceShard, firstEvent + leafHashes.length / HASH_BYTES);
}

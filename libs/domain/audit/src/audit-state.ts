import type { Plain } from '@clearway/kernel';
import { isSourceShard } from './audit-entry';
import { readCheckpointUnverified } from './checkpoint';
import { CompactRange } from './compact-range';

/**
 * The number of the first event of every journal. A shard that was never seen is expected to start here, and a shard's next
 * event number is therefore the count of its events in the tree: the counts of all shards add up to the size of the tree.
 */
export const FIRST_EVENT_NUMBER = 0;

/** The last checkpoint that was recorded: the signed note as published, what it states, and when it was journaled. */
export interface RecordedCheckpoint {
  readonly note: string;
  readonly origin: string;
  readonly size: number;
  readonly rootHash: Uint8Array;
  readonly recordedAtMicros: number;
}

/** The state of the audit machine. Only `evolve` may change it; everyone else asks through the functions below. */
export interface AuditState {
  /** By source shard: the number of the next event that is expected from it. */
  readonly nextEvents: Map<string, number>;
  readonly tree: CompactRange;
  lastCheckpoint: RecordedCheckpoint | null;
}

/** How far one source shard has been audited: all its events below `nextEvent` are in the tree. */
export interface SourceCoverage {
  readonly sourceShard: string;
  readonly nextEvent: number;
}

/** The size and root of the tree at one moment: what a checkpoint is signed over. */
export interface TreeHead {
  readonly size: number;
  readonly rootHash: Uint8Array;
}

/** The state before the first command. */
export function createAuditState(): AuditState {
  return { nextEvents: new Map(), tree: new CompactRange(), lastCheckpoint: null };
}

/** The number of the next event that is expected from a source shard, seen before or not. */
export function expectedEvent(state: AuditState, sourceShard: string): number {
  return state.nextEvents.get(sourceShard) ?? FIRST_EVENT_NUMBER;
}

/** How far each source shard has been audited, by name in code-unit order. */
export function coverage(state: AuditState): SourceCoverage[] {
  return [...state.nextEvents]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([sourceShard, nextEvent]) => ({ sourceShard, nextEvent }));
}

/** The tree head now. Costs O(log n) hashes. */
export function treeHead(state: AuditState): TreeHead {
  return { size: state.tree.size, rootHash: state.tree.root() };
}

/**
 * Tells whether it is time to sign a checkpoint: leaves were appended since the last one, and that is at least
 * `intervalMicros` old. Checkpoints come at intervals, not with each batch, so that witnesses can keep up with them.
 */
export function checkpointDue(state: AuditState, nowMicros: number, intervalMicros: number): boolean {
  const last = state.lastCheckpoint;
  if (last === null) return state.tree.size > 0;
  return state.tree.size > last.size && nowMicros - last.recordedAtMicros >= intervalMicros;
}

/** The whole state in canonical form: shards sorted by name, the frontier as one byte string. */
export function snapshotAuditState(state: AuditState): Plain {
  const last = state.lastCheckpoint;
  return {
    version: 1,
    nextEvents: coverage(state).map(({ sourceShard, nextEvent }) => [sourceShard, nextEvent]),
    tree: { ...state.tree.toState() },
    lastCheckpoint: last === null ? null : { note: last.note, recordedAtMicros: last.recordedAtMicros },
  };
}

/** Rebuilds a state from its snapshot, whole or not at all. Throws TypeError or RangeError when the value is not such a snapshot. */
export function restoreAuditState(plain: Plain): AuditState {
  const { version, nextEvents, tree, lastCheckpoint } = requireRecord(plain);
  if (version !== 1 || !isList(nextEvents)) throw new TypeError('not an audit snapshot of version 1');
  const { size, peaks } = requireRecord(tree);
  if (typeof size !== 'number' || !(peaks instanceof Uint8Array))
    throw new TypeError('audit snapshot: bad tree');
  const cursors = new Map(nextEvents.map(requireCursor));
  if (cursors.size !== nextEvents.length) throw new TypeError('audit snapshot: a source shard stands twice');
  return {
    nextEvents: cursors,
    tree: CompactRange.fromState({ size, peaks }),
    lastCheckpoint: lastCheckpoint === null ? null : restoreCheckpoint(requireRecord(lastCheckpoint)),
  };
}

/** Reads a note that the machine accepted into what the state keeps of it. Throws TypeError if it is no checkpoint. */
export function recordedCheckpoint(note: string, recordedAtMicros: number): RecordedCheckpoint {
  const parsed = readCheckpointUnverified(note);
  if (parsed.kind !== 'checkpoint') throw new TypeError(`recorded checkpoint is malformed: ${parsed.defect}`);
  const { origin, size, rootHash } = parsed.checkpoint;
  return { note, origin, size, rootHash, recordedAtMicros };
}

function restoreCheckpoint({
  note,
  recordedAtMicros,
}: {
  readonly [key: string]: Plain;
}): RecordedCheckpoint {
  if (typeof note !== 'string' || typeof recordedAtMicros !== 'number') {
    throw new TypeError('audit snapshot: bad checkpoint');
  }
  return recordedCheckpoint(note, recordedAtMicros);
}

function requireCursor(cursor: Plain): [string, number] {
  const [sourceShard, nextEvent] = isList(cursor) ? cursor : [];
  const fits =
    typeof sourceShard === 'string' && isSourceShard(sourceShard) && Number.isSafeInteger(nextEvent);
  if (!fits) throw new TypeError('audit snapshot: bad cursor');
  return [sourceShard, nextEvent as number];
}

function requireRecord(plain: Plain | undefined): { readonly [key: string]: Plain } {
  if (typeof plain !== 'object' || plain === null || isList(plain) || plain instanceof Uint8Array) {
    throw new TypeError('audit snapshot: not a record');
  }
  return plain;
}

function isList(plain: Plain | undefined): plain is readonly Plain[] {
  return Array.isArray(plain);
}

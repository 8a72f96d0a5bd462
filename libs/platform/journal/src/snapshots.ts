import { escapeLiteral, type Pool } from 'pg';
import { copyBytes } from './copy-bytes';
import { plainHash } from './plain-codec';
import { decodeState, encodeState, type StateEncoding } from './state-encoding';

/** A state at a position of its shard's journal. */
export interface Snapshot {
  readonly shard: string;
  /** Name of the machine whose state it is. */
  readonly machine: string;
  /** The first event that the state does not contain. */
  readonly nextEvent: number;
  readonly nextSequence: number;
  /** The last journaled time it contains, microseconds since the epoch. */
  readonly lastMicros: number;
  /** The state's canonical bytes (encodePlain). */
  readonly state: Buffer;
  /** SHA-256 of `state`. */
  readonly stateHash: Buffer;
}

/** Snapshots kept a shard: the newest may turn out to be unusable. */
export const SNAPSHOTS_KEPT_MAX = 3;

/** A stored state comes in rows of so many bytes, so that neither side holds all of it in one message. */
const SLICE_BYTES = 4_194_304;

const SAVE = `INSERT INTO journal_snapshots (shard, next_event, next_seq, last_micros, machine, state, state_hash, encoding)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (shard, next_event) DO UPDATE SET next_seq = $3,
  last_micros = $4, machine = $5, state = $6, state_hash = $7, encoding = $8, created_at = clock_timestamp()`;
const PRUNE = `DELETE FROM journal_snapshots WHERE shard = $1 AND next_event < (
  SELECT min(next_event) FROM (
    SELECT next_event FROM journal_snapshots WHERE shard = $1 ORDER BY next_event DESC LIMIT ${SNAPSHOTS_KEPT_MAX}
  ) AS kept)`;
const LOAD = `SELECT next_event, next_seq, last_micros, machine, octet_length(state) AS stored_bytes, state_hash, encoding
  FROM journal_snapshots WHERE shard = $1 AND next_event < $2 ORDER BY next_event DESC LIMIT 1`;

interface SnapshotRow {
  readonly next_event: string;
  readonly next_seq: string;
  readonly last_micros: string;
  readonly machine: string;
  readonly stored_bytes: number;
  readonly state_hash: Buffer;
  readonly encoding: StateEncoding;
}

/** Stores a snapshot compressed, whole or not at all, and forgets those older than the last few. */
export async function saveSnapshot(pool: Pool, snapshot: Omit<Snapshot, 'stateHash'>): Promise<Snapshot> {
  const { shard, nextEvent, nextSequence, lastMicros, machine, state } = snapshot;
  const stateHash = plainHash(state);
  const { stored, encoding } = await encodeState(state);
  const position = [shard, nextEvent, nextSequence, lastMicros];
  await pool.query(SAVE, [...position, machine, stored, stateHash, encoding]);
  await pool.query(PRUNE, [shard]);
  return { ...snapshot, stateHash };
}

/**
 * Gives the newest snapshot before event `before` whose state has the hash that was stored with it. Each one that has not
 * is reported and passed over; undefined when none is left.
 */
export async function loadSnapshot(
  pool: Pool,
  shard: string,
  before: number,
  onCorrupt: (problem: string) => void,
): Promise<Snapshot | undefined> {
  let bound = before;
  for (;;) {
    const { rows } = await pool.query<SnapshotRow>(LOAD, [shard, bound]);
    const row = rows[0];
    if (row === undefined) return undefined;
    const state = await decodeState(await loadStored(pool, shard, row), row.encoding);
    if (plainHash(state).equals(row.state_hash)) return fromRow(shard, row, state);
    onCorrupt(
      `The snapshot of ${shard} at event ${row.next_event} does not have its hash; trying an older one`,
    );
    bound = Number(row.next_event);
  }
}

/** The state's bytes as they are stored; none when the row went meanwhile, which their hash will tell. */
async function loadStored(
  pool: Pool,
  shard: string,
  { next_event, stored_bytes }: SnapshotRow,
): Promise<Buffer> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    return await copyBytes(
      client,
      `SELECT substring(state FROM at FOR ${SLICE_BYTES})
      FROM journal_snapshots, generate_series(1, ${Number(stored_bytes)}, ${SLICE_BYTES}) AS at
      WHERE shard = ${escapeLiteral(shard)} AND next_event = ${BigInt(next_event)} ORDER BY at`,
    );
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    client.release(failure);
  }
}

function fromRow(shard: string, row: SnapshotRow, state: Buffer): Snapshot {
  return {
    shard,
    machine: row.machine,
    nextEvent: Number(row.next_event),
    nextSequence: Number(row.next_seq),
    lastMicros: Number(row.last_micros),
    state,
    stateHash: row.state_hash,
  };
}

import type { Pool, PoolClient } from 'pg';

/** Which read model of which shard. */
export interface CursorKey {
  readonly name: string;
  readonly shard: string;
}

/** Another runner of the same projection moved the cursor. Nothing was written; read the cursor and go on from there. */
export class CursorMovedError extends Error {
  override readonly name = 'CursorMovedError';

  constructor({ name, shard }: CursorKey, expected: number) {
    super(`The cursor of projection ${name} over ${shard} is no longer at event ${expected}`);
  }
}

/**
 * Rows and cursor are lost together or not at all, and what is lost is read from the journal again: nobody needs to wait for the disk
 * (ADR 10). The journal's own commits do.
 */
const BEGIN = 'BEGIN; SET LOCAL synchronous_commit = off';
const CREATE = `INSERT INTO projection_cursors (name, shard, next_event) VALUES ($1, $2, 0)
  ON CONFLICT (name, shard) DO NOTHING`;
const READ = 'SELECT next_event FROM projection_cursors WHERE name = $1 AND shard = $2';
const MOVE = `UPDATE projection_cursors SET next_event = $4, updated_at = clock_timestamp()
  WHERE name = $1 AND shard = $2 AND next_event = $3`;

/** Reads how far the projection has come, from 0 for a new one. */
export async function readCursor(pool: Pool, { name, shard }: CursorKey): Promise<number> {
  await pool.query(CREATE, [name, shard]);
  const { rows } = await pool.query<{ next_event: string }>(READ, [name, shard]);
  return Number(rows[0]!.next_event);
}

/**
 * Moves the cursor and does the work in one transaction: both are there or neither. The cursor moves first, so that two
 * runners of one projection wait for each other and only one of them applies an event.
 * @throws CursorMovedError, and what `work` throws
 */
export async function moveCursor(
  pool: Pool,
  key: CursorKey,
  range: { readonly from: number; readonly to: number },
  work: (client: PoolClient) => Promise<void>,
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(BEGIN);
    const moved = await client.query({
      name: 'projection-move',
      text: MOVE,
      values: [key.name, key.shard, range.from, range.to],
    });
    if (moved.rowCount !== 1) throw new CursorMovedError(key, range.from);
    await work(client);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    client.release(!(error instanceof CursorMovedError));
    throw error;
  }
  client.release();
}

import type { Pool } from 'pg';
import { monthOf } from './block-parts';
import type { LeafSource } from './leaf-source';
import { entriesIn } from './read-entries';

/** The leaves from one to before another. */
export interface LeavesBetween {
  readonly from: number;
  readonly to: number;
}

const ROWS_AT_A_TIME = 16;

interface Row {
  readonly first_leaf: string;
  readonly last_leaf: string;
}

/**
 * The leaves from the first to the last one that was recorded within [fromMicros, toMicros); undefined when none was. The index knows
 * times by rows, so the leaves of the first and the last row are looked at themselves.
 */
export async function leavesBetween(
  pool: Pick<Pool, 'query'>,
  leaves: LeafSource,
  fromMicros: number,
  toMicros: number,
): Promise<LeavesBetween | undefined> {
  const isWithin = (micros: number): boolean => micros >= fromMicros && micros < toMicros;
  const times = [fromMicros, toMicros, monthOf(fromMicros).from];
  const first = await edge(pool, leaves, FORWARD, times, isWithin, (found) => found[0]);
  if (first === undefined) return undefined;
  const last = await edge(pool, leaves, BACKWARD, times, isWithin, (found) => found.at(-1));
  return last === undefined ? undefined : { from: first, to: last + 1 };
}

/** Looks through rows in an order until one of them has a leaf that was recorded within the times. */
async function edge(
  pool: Pick<Pool, 'query'>,
  leaves: LeafSource,
  sql: string,
  times: readonly number[],
  isWithin: (micros: number) => boolean,
  pick: (found: readonly number[]) => number | undefined,
): Promise<number | undefined> {
  for (let skip = 0; ; skip += ROWS_AT_A_TIME) {
    const { rows } = await pool.query<Row>(sql, [...times, ROWS_AT_A_TIME, skip]);
    for (const row of rows) {
      const [first, last] = [Number(row.first_leaf), Number(row.last_leaf)];
      const within = entriesIn(await leaves.read(first, last), first, last)
        .filter(({ atMicros }) => isWithin(atMicros))
        .map(({ leafIndex }) => leafIndex);
      const found = pick(within);
      if (found !== undefined) return found;
    }
    if (rows.length < ROWS_AT_A_TIME) return undefined;
  }
}

const OVERLAPPING = `
  SELECT first_leaf, last_leaf FROM audit_blocks
  WHERE entries > 0 AND to_micros >= $1 AND from_micros < $2 AND from_micros >= $3`;
const FORWARD = `${OVERLAPPING} ORDER BY first_leaf LIMIT $4 OFFSET $5`;
const BACKWARD = `${OVERLAPPING} ORDER BY last_leaf DESC LIMIT $4 OFFSET $5`;

import type { Pool } from 'pg';
import { type CommittedBatch, JOURNAL_START, type Position } from './committed-batch';
import { crc32c } from './crc32c';
import { ChainBrokenError, EventArchivedError } from './errors';

const READ = `SELECT seq, epoch, first_event, event_count, payload, crc32c FROM journal_batches
  WHERE shard = $1 AND seq >= coalesce((
    SELECT seq FROM journal_batches WHERE shard = $1 AND first_event <= $2 ORDER BY first_event DESC LIMIT 1
  ), 0) AND first_event + event_count > $2
  ORDER BY seq LIMIT $3`;
const HEAD = `SELECT seq + 1 AS next_seq, first_event + event_count AS next_event FROM journal_batches
  WHERE shard = $1 ORDER BY seq DESC LIMIT 1`;

interface BatchRow {
  readonly seq: string;
  readonly epoch: string;
  readonly first_event: string;
  readonly event_count: number;
  readonly payload: Buffer;
  readonly crc32c: string;
}

/**
 * Reads batches in order, from the one that holds `fromEvent` on (it may begin before that event), at most `limit` of them;
 * none when `fromEvent` is not written yet.
 * @throws ChainBrokenError when one is missing or damaged; EventArchivedError when the wanted one is no longer kept
 */
export async function readBatches(
  pool: Pool,
  shard: string,
  fromEvent: number,
  limit: number,
): Promise<CommittedBatch[]> {
  const { rows } = await pool.query<BatchRow>({
    name: 'journal-read',
    text: READ,
    values: [shard, fromEvent, limit],
  });
  const batches = rows.map((row) => fromRow(shard, row));
  const first = batches[0];
  if (first !== undefined && first.firstEvent > fromEvent)
    throw new EventArchivedError(shard, fromEvent, first.firstEvent);
  verifyChain(batches);
  return batches;
}

/** Reads where the journal stands. */
export async function readHead(pool: Pool, shard: string): Promise<Position> {
  const { rows } = await pool.query<{ next_seq: string; next_event: string }>(HEAD, [shard]);
  const row = rows[0];
  return row === undefined
    ? JOURNAL_START
    : { nextSequence: Number(row.next_seq), nextEvent: Number(row.next_event) };
}

/** Throws a ChainBrokenError unless each batch follows the one before and has the bytes that were written. */
export function verifyChain(batches: readonly CommittedBatch[]): void {
  let before: CommittedBatch | undefined;
  for (const batch of batches) {
    const { shard, sequence } = batch;
    if (crc32c(batch.payload) !== batch.crc32c)
      throw new ChainBrokenError(shard, sequence, 'its checksum differs');
    if (before !== undefined) {
      if (sequence !== before.sequence + 1)
        throw new ChainBrokenError(shard, sequence, `it comes after batch ${before.sequence}`);
      if (batch.firstEvent !== before.firstEvent + before.eventCount)
        throw new ChainBrokenError(shard, sequence, 'its first event does not follow');
      if (batch.epoch < before.epoch) throw new ChainBrokenError(shard, sequence, 'its epoch went back');
    }
    before = batch;
  }
}

function fromRow(shard: string, row: BatchRow): CommittedBatch {
  return {
    shard,
    sequence: Number(row.seq),
    epoch: Number(row.epoch),
    firstEvent: Number(row.first_event),
    eventCount: row.event_count,
    payload: row.payload,
    crc32c: Number(row.crc32c),
  };
}

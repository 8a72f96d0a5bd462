import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { type ArchivedBatch, segmentName, writeSegment } from './segment-file';

/** What to archive, and where to. */
export interface ShardArchiveOptions {
  /** Connection as the owner of the service's schema. */
  readonly database: Pick<Client, 'query'>;
  readonly shard: string;
  readonly dir: string;
  /** Only batches that were written before. */
  readonly before: Date;
  /** Events that audit has in its tree: 0 to this one, exclusive. */
  readonly auditedEvents: number;
  /** False writes and verifies the files only. */
  readonly drops: boolean;
}

/** One file that was written. */
export interface ArchivedSegment {
  readonly file: string;
  readonly batches: number;
  readonly firstEvent: number;
  readonly nextEvent: number;
  readonly dropped: boolean;
}

const SEGMENT_BATCHES_MAX = 4_096;
/** More than a segment's worth of large batches would not fit into memory. */
const SEGMENT_BYTES_MAX = 64 * 1_024 * 1_024;

/**
 * Nothing may need what is taken out: the oldest kept snapshot and every read model must be past it. The newest batch stays whatever
 * they say, because it alone tells where the journal stands.
 */
const BOUND = `SELECT least(
    (SELECT min(next_event) FROM journal_snapshots WHERE shard = $1),
    (SELECT min(next_event) FROM projection_cursors WHERE shard = $1),
    $2::bigint) AS next_event,
  (SELECT count(*)::int FROM journal_snapshots WHERE shard = $1) AS snapshots`;
const READ = `SELECT seq, epoch, first_event, event_count, payload, crc32c,
    to_char(written_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS written_at FROM journal_batches
  WHERE shard = $1 AND seq > $2 AND first_event + event_count <= $3 AND journal_batches.written_at < $4
    AND seq < (SELECT max(seq) FROM journal_batches WHERE shard = $1) ORDER BY seq LIMIT $5`;

interface BatchRow {
  readonly seq: string;
  readonly epoch: string;
  readonly first_event: string;
  readonly event_count: number;
  readonly payload: Buffer;
  readonly crc32c: string;
  readonly written_at: string;
}

/**
 * Archives a shard's oldest batches, as far as no snapshot, read model or audit needs them: each file is written, read back and verified,
 * and only then, when asked to, its rows are deleted. Broken off anywhere it can be called again.
 */
export async function archiveShard(options: ShardArchiveOptions): Promise<readonly ArchivedSegment[]> {
  const bound = await neededFrom(options);
  const dir = join(options.dir, options.shard.replace('/', '-'));
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const segments: ArchivedSegment[] = [];
  for (let after = 0; ; ) {
    const batches = await readSome(options, after, bound);
    const last = batches.at(-1);
    if (last === undefined) return segments;
    segments.push(await archiveSome(options, dir, batches));
    after = last.sequence;
  }
}

/** The first event that somebody may still ask for; 0 when there is no snapshot to start from. */
async function neededFrom({ database, shard, auditedEvents }: ShardArchiveOptions): Promise<number> {
  const { rows } = await database.query<{ next_event: string; snapshots: number }>(BOUND, [
    shard,
    auditedEvents,
  ]);
  const [row] = rows;
  return row === undefined || row.snapshots === 0 ? 0 : Number(row.next_event);
}

async function readSome(
  { database, shard, before }: ShardArchiveOptions,
  afterSequence: number,
  nextEvent: number,
): Promise<ArchivedBatch[]> {
  const { rows } = await database.query<BatchRow>(READ, [
    shard,
    afterSequence,
    nextEvent,
    before,
    SEGMENT_BATCHES_MAX,
  ]);
  let bytes = 0;
  const fitting = rows.filter(({ payload }, at) => {
    bytes += payload.length;
    return at === 0 || bytes <= SEGMENT_BYTES_MAX;
  });
  return fitting.map((row) => ({
    shard,
    sequence: Number(row.seq),
    epoch: Number(row.epoch),
    firstEvent: Number(row.first_event),
    eventCount: row.event_count,
    payload: row.payload,
    crc32c: Number(row.crc32c),
    writtenAt: row.written_at,
  }));
}

async function archiveSome(
  { database, shard, drops }: ShardArchiveOptions,
  dir: string,
  batches: readonly ArchivedBatch[],
): Promise<ArchivedSegment> {
  const first = batches[0] as ArchivedBatch;
  const last = batches.at(-1) as ArchivedBatch;
  const file = join(dir, segmentName(first.sequence, last.sequence));
  await writeSegment(file, batches);
  if (drops) {
    const range = [shard, first.sequence, last.sequence];
    await database.query('DELETE FROM journal_batches WHERE shard = $1 AND seq BETWEEN $2 AND $3', range);
  }
  const nextEvent = last.firstEvent + last.eventCount;
  return { file, batches: batches.length, firstEvent: first.firstEvent, nextEvent, dropped: drops };
}

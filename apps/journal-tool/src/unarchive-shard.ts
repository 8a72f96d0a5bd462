import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyChain } from '@clearway/platform-journal';
import type { Client } from 'pg';
import { type ArchivedBatch, readSegment } from './segment-file';

const INSERT = `INSERT INTO journal_batches (shard, seq, epoch, first_event, event_count, payload, crc32c, written_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (shard, seq) DO NOTHING`;
const FIRST_KEPT = 'SELECT seq, first_event FROM journal_batches WHERE shard = $1 ORDER BY seq LIMIT 1';

/**
 * Puts the archived batches of a shard back into its journal, newest file first, so that the journal has no gap at any moment; what is
 * there already stays. For a rebuild of the state from the first event, for example.
 * @returns how many batches were put back
 * @throws ChainBrokenError or an Error when the files are not what was archived, or do not reach to what the journal still keeps
 */
export async function unarchiveShard(
  database: Pick<Client, 'query'>,
  shard: string,
  dir: string,
): Promise<number> {
  const folder = join(dir, shard.replace('/', '-'));
  const names = (await readdir(folder))
    .filter((name) => name.endsWith('.jsonl.zst'))
    .sort()
    .reverse();
  let count = 0;
  for (const name of names) {
    const batches = await readSegment(join(folder, name));
    await requireConnection(database, shard, batches, name);
    count += await putBack(database, batches);
  }
  return count;
}

async function requireConnection(
  database: Pick<Client, 'query'>,
  shard: string,
  batches: readonly ArchivedBatch[],
  name: string,
): Promise<void> {
  const { rows } = await database.query<{ seq: string; first_event: string }>(FIRST_KEPT, [shard]);
  const last = batches.at(-1);
  const [kept] = rows;
  if (last === undefined || kept === undefined || last.shard !== shard)
    throw new Error(`${name} is not of ${shard}`);
  if (last.sequence + 1 < Number(kept.seq))
    throw new Error(
      `${name} ends with batch ${last.sequence}, and the journal of ${shard} begins with ${kept.seq}: a file is missing`,
    );
}

async function putBack(database: Pick<Client, 'query'>, batches: readonly ArchivedBatch[]): Promise<number> {
  verifyChain(batches);
  let count = 0;
  await database.query('BEGIN');
  for (const { shard, sequence, epoch, firstEvent, eventCount, payload, crc32c, writtenAt } of batches) {
    const row = [shard, sequence, epoch, firstEvent, eventCount, payload, crc32c, writtenAt];
    const { rowCount } = await database.query(INSERT, row);
    count += rowCount ?? 0;
  }
  await database.query('COMMIT');
  return count;
}

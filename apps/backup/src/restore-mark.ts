import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool, walDirOf } from '@clearway/platform-postgres';
import { addMark, type Mark } from './backup-folder';

const ARCHIVED_TIMEOUT_MS = 30_000;
const POLL_INTERVAL_MS = 50;

/**
 * Names this moment in the write-ahead log of all databases, and waits until the log is archived up to it: what was durable before
 * is in a restore to the mark, what comes after is not.
 */
export async function setRestoreMark(url: string, backupDir: string, name: string): Promise<Mark> {
  const pool = createPool(url, { max: 1, applicationName: 'backup' });
  try {
    const { rows } = await pool.query<{ lsn: string; file: string }>(
      'SELECT lsn::text, pg_walfile_name(lsn) AS file FROM (SELECT pg_create_restore_point($1) AS lsn) AS mark',
      [name],
    );
    const [{ lsn, file } = { lsn: '', file: '' }] = rows;
    const mark = { name, at: new Date().toISOString(), lsn };
    await pool.query('SELECT pg_switch_wal()');
    await untilArchived(join(walDirOf(backupDir), file));
    await addMark(backupDir, mark);
    return mark;
  } finally {
    await pool.end();
  }
}

async function untilArchived(file: string): Promise<void> {
  const deadline = performance.now() + ARCHIVED_TIMEOUT_MS;
  while (!existsSync(file)) {
    if (performance.now() > deadline)
      throw new Error(
        `${file} was not archived within ${ARCHIVED_TIMEOUT_MS} ms: is this the folder of --archive-to?`,
      );
    await sleep(POLL_INTERVAL_MS);
  }
}

import { copyFile, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Pool, PoolClient } from 'pg';
import { type BaseManifest, baseDirAt, MANIFEST_FILE } from './backup-folder';

/** Folders whose content a running server owns and a restored one makes anew (Postgres' manual, "Making a Base Backup"). */
const LEFT_OUT_CONTENT = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);
const LEFT_OUT = /^(postmaster\.(pid|opts)|pg_internal\.init.*|pgsql_tmp.*)$/;

/** A base backup that is whole: its folder and what it says of itself. */
export interface TakenBackup {
  readonly dir: string;
  readonly manifest: BaseManifest;
}

/**
 * Copies the files of a running cluster by Postgres' low-level backup interface while everything goes on. With the log that is
 * archived meanwhile the copy can be restored to any later moment. The folder appears by one rename when it is whole.
 * @param pool of a superuser, without a statement timeout; the cluster's files must lie on this machine
 * @param signal ends the backup between two files; what was copied is removed
 */
export async function takeBaseBackup(
  pool: Pool,
  backupDir: string,
  signal?: AbortSignal,
): Promise<TakenBackup> {
  // A backup ends with the session that began it: one connection is kept from start to stop, however long the copy takes.
  const session = await pool.connect();
  const draft = join(backupDir, `unfinished-${process.pid}`);
  try {
    const clusterDir = await archivedCluster(session);
    await mkdir(draft, { recursive: true, mode: 0o700 });
    await session.query("SELECT pg_backup_start('clearway', fast => true)");
    const copied = await copyTree(clusterDir, join(draft, 'cluster'), { isTop: true, signal });
    const { rows } = await session.query<{ lsn: string; labelfile: string }>(
      'SELECT lsn, labelfile FROM pg_backup_stop()',
    );
    const [stop = { lsn: '', labelfile: '' }] = rows;
    await writeFile(join(draft, 'cluster', 'backup_label'), stop.labelfile);
    await copyDurably(join(dirname(clusterDir), 'superuser.password'), join(draft, 'superuser.password'));
    return await finish(draft, backupDir, { ...copied, stopLsn: stop.lsn });
  } finally {
    // Closed, not given back: a backup that failed half-way would still be under way in it.
    session.release(true);
    await rm(draft, { recursive: true, force: true });
  }
}

/** The folder of a cluster that archives its log; its session may then be silent for as long as the copy takes. */
async function archivedCluster(session: PoolClient): Promise<string> {
  const { rows } = await session.query<{ dir: string; mode: string }>(
    "SELECT current_setting('data_directory') AS dir, current_setting('archive_mode') AS mode",
  );
  const [{ dir, mode } = { dir: '', mode: 'off' }] = rows;
  if (mode === 'off')
    throw new Error('the write-ahead log is not archived: start with npm start -- --archive-to DIR');
  await session.query('SET idle_session_timeout = 0');
  return dir;
}

async function finish(
  draft: string,
  backupDir: string,
  found: Omit<BaseManifest, 'takenAt'>,
): Promise<TakenBackup> {
  const takenAt = new Date();
  const manifest = { takenAt: takenAt.toISOString(), ...found };
  await writeFile(join(draft, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  const dir = baseDirAt(backupDir, takenAt);
  await rename(draft, dir);
  return { dir, manifest };
}

interface Copying {
  readonly isTop: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Copies a folder whose files change and vanish meanwhile: what vanished needs no copy, what changed is mended by the log. */
async function copyTree(
  from: string,
  to: string,
  { isTop, signal }: Copying,
): Promise<{ files: number; bytes: number }> {
  await mkdir(to, { mode: 0o700 });
  const sum = { files: 0, bytes: 0 };
  for (const entry of await readdir(from, { withFileTypes: true })) {
    signal?.throwIfAborted();
    if (LEFT_OUT.test(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (isTop && LEFT_OUT_CONTENT.has(entry.name)) {
      await mkdir(target, { mode: 0o700 });
      continue;
    }
    if (!entry.isDirectory() && !entry.isFile())
      throw new Error(`${source} is neither file nor folder: a tablespace?`);
    const { files, bytes } = entry.isDirectory()
      ? await copyTree(source, target, { isTop: false, signal })
      : { files: 1, bytes: await copyUnlessGone(source, target) };
    sum.files += files;
    sum.bytes += bytes;
  }
  return sum;
}

async function copyUnlessGone(source: string, target: string): Promise<number> {
  try {
    return await copyDurably(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

async function copyDurably(source: string, target: string): Promise<number> {
  await copyFile(source, target);
  const handle = await open(target, 'r+');
  try {
    await handle.sync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

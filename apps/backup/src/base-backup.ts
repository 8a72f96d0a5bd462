import { copyFile, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createPool } from '@clearway/platform-postgres';
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

/**
 * Copies the files of a running cluster by Postgres' low-level backup interface while everything goes on. With the log that is
 * archived meanwhile the copy can be restored to any later moment. The folder appears by one rename when it is whole.
 * @param url of a superuser; the cluster's files must lie on this machine
 * @returns the folder and what it says of itself
 */
export async function takeBaseBackup(
  url: string,
  backupDir: string,
): Promise<{ readonly dir: string; readonly manifest: BaseManifest }> {
  // The backup belongs to a session: one connection, from start to stop.
  const pool = createPool(url, { max: 1, applicationName: 'backup', statementTimeoutMs: 0 });
  const draft = join(backupDir, `unfinished-${process.pid}`);
  try {
    const { rows: found } = await pool.query<{ dir: string; mode: string }>(
      "SELECT current_setting('data_directory') AS dir, current_setting('archive_mode') AS mode",
    );
    const [{ dir: clusterDir, mode } = { dir: '', mode: 'off' }] = found;
    if (mode === 'off')
      throw new Error('the write-ahead log is not archived: start with npm start -- --archive-to DIR');
    await mkdir(draft, { recursive: true, mode: 0o700 });
    await pool.query("SELECT pg_backup_start('clearway', fast => true)");
    const copied = await copyTree(clusterDir, join(draft, 'cluster'), true);
    const { rows } = await pool.query<{ lsn: string; labelfile: string }>(
      'SELECT lsn, labelfile FROM pg_backup_stop()',
    );
    const [stop = { lsn: '', labelfile: '' }] = rows;
    await writeFile(join(draft, 'cluster', 'backup_label'), stop.labelfile);
    await copyDurably(join(dirname(clusterDir), 'superuser.password'), join(draft, 'superuser.password'));
    return await finish(draft, backupDir, { ...copied, stopLsn: stop.lsn });
  } finally {
    await pool.end();
    await rm(draft, { recursive: true, force: true });
  }
}

async function finish(
  draft: string,
  backupDir: string,
  found: Omit<BaseManifest, 'takenAt'>,
): Promise<{ readonly dir: string; readonly manifest: BaseManifest }> {
  const takenAt = new Date();
  const manifest = { takenAt: takenAt.toISOString(), ...found };
  await writeFile(join(draft, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  const dir = baseDirAt(backupDir, takenAt);
  await rename(draft, dir);
  return { dir, manifest };
}

/** Copies a folder whose files change and vanish meanwhile: what vanished needs no copy, what changed is mended by the log. */
async function copyTree(from: string, to: string, isTop: boolean): Promise<{ files: number; bytes: number }> {
  await mkdir(to, { mode: 0o700 });
  const sum = { files: 0, bytes: 0 };
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (LEFT_OUT.test(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (isTop && LEFT_OUT_CONTENT.has(entry.name)) {
      await mkdir(target, { mode: 0o700 });
      continue;
    }
    if (!entry.isDirectory() && !entry.isFile())
      throw new Error(`${source} is neither file nor folder: a tablespace?`);
    const { files, bytes } = entry.isDirectory()
      ? await copyTree(source, target, false)
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

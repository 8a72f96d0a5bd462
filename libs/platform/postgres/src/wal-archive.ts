import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './errors';
import { canWrite, type RunAs, spawnIds } from './os-user';
import { requirePlainPath } from './plain-path';

/** A segment is closed and archived after this long, so that a restore reaches at least to a minute ago. */
const ARCHIVE_TIMEOUT_S = 60;

/** The folder of a backup that takes the write-ahead log. */
export function walDirOf(backupDir: string): string {
  return join(backupDir, 'wal');
}

/**
 * Prepares a backup folder for the write-ahead log, and gives the settings that make Postgres copy each finished segment there:
 * never over another content, and on disk before Postgres hears that it succeeded.
 * @throws EmbeddedPostgresError DATA_DIR_FORBIDDEN when the folder can not be written, or its path holds odd characters
 */
export async function walArchiveSettings(backupDir: string, user: RunAs): Promise<readonly string[]> {
  const dir = walDirOf(backupDir);
  requirePlainPath(dir);
  await mkdir(backupDir, { recursive: true, mode: 0o755 });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { uid, gid } = spawnIds(user);
  if (uid !== undefined && gid !== undefined) await chown(dir, uid, gid);
  if (!(await canWrite(user, dir)))
    throw new EmbeddedPostgresError(
      'DATA_DIR_FORBIDDEN',
      `The OS user ${user.name} cannot write ${dir}: choose a backup folder that it can reach.`,
    );
  const kept = `"${dir}/%f"`;
  const copied = `cp "%p" ${kept.replace('%f', '%f.part')} && sync ${kept.replace('%f', '%f.part')}`;
  const command = `cmp -s "%p" ${kept} || (test ! -f ${kept} && ${copied} && mv ${kept.replace('%f', '%f.part')} ${kept})`;
  return ['archive_mode=on', `archive_timeout=${ARCHIVE_TIMEOUT_S}`, `archive_command=${command}`];
}

import { appendFile, chown, copyFile, cp, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { dataHome, type OpenedDataHome, openDataHome } from './data-home';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres';
import { EmbeddedPostgresError } from './errors';
import { chooseUser, type RunAs, spawnIds } from './os-user';
import { requirePlainPath } from './plain-path';
import { createPool } from './pool';
import { defaultReachableDirs } from './reachable-dirs';
import type { PostgresLog } from './server-process';
import { walDirOf } from './wal-archive';

/** How far the write-ahead log is replayed: to a named mark, to a time (ISO 8601, with its zone), or as far as it goes. */
export type RestoreTarget =
  | { readonly kind: 'mark'; readonly name: string }
  | { readonly kind: 'time'; readonly time: string }
  | { readonly kind: 'end' };

/** What to restore, and where to. */
export interface RestorePlan {
  readonly backupDir: string;
  /** The base backup's folder within it. */
  readonly baseDir: string;
  /** The new data folder; must not hold a cluster. */
  readonly dataDir: string;
  readonly target: RestoreTarget;
  readonly log: PostgresLog;
  /** Ends the restore; what it has made is removed. */
  readonly signal?: AbortSignal;
}

const RECOVERY_TIMEOUT_MS = 30 * 60_000;
const PROMOTION_POLL_MS = 50;
/** Postgres' words for a target that the log does not hold; it may have been open for reading before it finds out, and then dies. */
const ENDS_BEFORE_TARGET = 'recovery ended before configured recovery target was reached';
const SETTINGS = [
  'restore_command',
  'recovery_target_name',
  'recovery_target_time',
  'recovery_target_action',
];

/**
 * Makes a new cluster of a base backup and replays the archived log to the target, then ends the recovery, so that the cluster starts
 * like any other. Nothing of the backup is changed; of a restore that fails nothing is left.
 * @throws EmbeddedPostgresError DATA_DIR_FORBIDDEN when there is a cluster already or the backup's path has odd characters,
 * START_FAILED when the log ends before the target
 */
export async function restoreCluster(plan: RestorePlan): Promise<void> {
  requirePlainPath(walDirOf(plan.backupDir));
  const user = await chooseUser(dataHome(plan.dataDir).clusterDir);
  const home = await openDataHome(plan.dataDir, user, defaultReachableDirs());
  if ((await readdir(home.dir)).length > 0)
    throw new EmbeddedPostgresError(
      'DATA_DIR_FORBIDDEN',
      `${home.dir} is not empty: restore into a new folder.`,
    );
  try {
    await cp(join(plan.baseDir, 'cluster'), home.clusterDir, { recursive: true });
    await copyFile(join(plan.baseDir, 'superuser.password'), home.passwordFile);
    await appendFile(join(home.clusterDir, 'postgresql.auto.conf'), recoverySettings(plan));
    await writeFile(join(home.clusterDir, 'recovery.signal'), '');
    await handOver(home.dir, user);
    await recover(plan);
  } catch (error) {
    await discard(home);
    throw error;
  }
}

async function recover(plan: RestorePlan): Promise<void> {
  const { dataDir, signal } = plan;
  const complaints: string[] = [];
  const warn = (line: string): void => {
    complaints.push(line);
    plan.log.warn(line);
  };
  const log = { ...plan.log, warn };
  const startTimeoutMs = RECOVERY_TIMEOUT_MS;
  try {
    const server = await startEmbeddedPostgres({ dataDir, log, startTimeoutMs, ...(signal && { signal }) });
    await endRecovery(server, signal);
  } catch (error) {
    throw complaints.some((line) => line.includes(ENDS_BEFORE_TARGET))
      ? targetNotReached(plan, error)
      : error;
  }
}

/** Leaves the folder as it was: empty, or not there. */
async function discard(home: OpenedDataHome): Promise<void> {
  for (const entry of await readdir(home.dir))
    await rm(join(home.dir, entry), { recursive: true, force: true });
  if (home.isFresh) await rmdir(home.dir);
}

function targetNotReached({ backupDir, target }: RestorePlan, cause: unknown): EmbeddedPostgresError {
  const wanted =
    target.kind === 'mark' ? `the mark ${target.name}` : target.kind === 'time' ? target.time : 'its end';
  const message = `${walDirOf(backupDir)} does not lead to ${wanted}: ${ENDS_BEFORE_TARGET}.`;
  return new EmbeddedPostgresError('START_FAILED', message, cause);
}

function recoverySettings({ backupDir, target }: RestorePlan): string {
  const lines = [
    `restore_command = 'cp "${walDirOf(backupDir)}/%f" "%p"'`,
    "recovery_target_action = 'promote'",
  ];
  if (target.kind === 'mark') lines.push(`recovery_target_name = '${quoted(target.name)}'`);
  if (target.kind === 'time') lines.push(`recovery_target_time = '${withOffset(target.time)}'`);
  return `${lines.join('\n')}\n`;
}

/** Names of zones, and Z is one, are not known yet when Postgres reads this setting: it takes an offset. */
function withOffset(iso: string): string {
  return new Date(iso).toISOString().replace('Z', '+00');
}

/** As a file of settings wants text: it reads backslashes and ends a line where it ends. */
function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\n', '\\n');
}

/** Waits until the server writes again, on a timeline of its own. A target must not stay, or the next crash would look for it. */
async function endRecovery(server: EmbeddedPostgres, signal: AbortSignal | undefined): Promise<void> {
  const pool = createPool(server.url, { max: 1, applicationName: 'restore' });
  try {
    await untilPromoted(pool, signal);
    for (const name of SETTINGS) await pool.query(`ALTER SYSTEM RESET ${name}`);
  } finally {
    await pool.end();
    await server.stop();
  }
}

/** Ready for reading comes before the end of the recovery; a server stopped between the two would replay on at its next start. */
async function untilPromoted(pool: Pool, signal: AbortSignal | undefined): Promise<void> {
  const deadline = performance.now() + RECOVERY_TIMEOUT_MS;
  for (;;) {
    signal?.throwIfAborted();
    const { rows } = await pool.query<{ recovering: boolean }>('SELECT pg_is_in_recovery() AS recovering');
    if (rows[0]?.recovering === false) return;
    if (performance.now() > deadline)
      throw new EmbeddedPostgresError(
        'START_TIMEOUT',
        `The recovery did not end within ${RECOVERY_TIMEOUT_MS} ms.`,
      );
    await sleep(PROMOTION_POLL_MS);
  }
}

async function handOver(dir: string, user: RunAs): Promise<void> {
  const { uid, gid } = spawnIds(user);
  if (uid === undefined || gid === undefined) return;
  for (const entry of await readdir(dir, { recursive: true })) await chown(join(dir, entry), uid, gid);
}

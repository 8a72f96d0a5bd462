import { createHash } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EmbeddedPostgresError, systemErrorCode } from './errors';
import { canWrite, type RunAs, spawnIds } from './os-user';
import { claimDir } from './reachable-dirs';

/** The major version whose files this package reads; data of another one is refused, never touched. */
export const POSTGRES_MAJOR = '18';

const INITIALISING_PREFIX = 'cluster.initialising-';

/** The folder of one embedded database: the cluster itself and what belongs beside it. */
export interface DataHome {
  readonly dir: string;
  readonly clusterDir: string;
  /** Holds the superuser's password, mode 0600. */
  readonly passwordFile: string;
  readonly ownerFile: string;
}

/** Names the files of a data folder without touching the disk. */
export function dataHome(dir: string): DataHome {
  const absolute = resolve(dir);
  return {
    dir: absolute,
    clusterDir: join(absolute, 'cluster'),
    passwordFile: join(absolute, 'superuser.password'),
    ownerFile: join(absolute, 'owner.json'),
  };
}

/** A data folder that can be worked in. */
export interface OpenedDataHome extends DataHome {
  /** This call made it: nobody else has put anything there. */
  readonly isFresh: boolean;
}

/**
 * Creates the wanted data folder, or a kept stand-in for it when the OS user that runs Postgres cannot get there (root
 * with a checkout under a closed home folder): `<reachable dir>/data-<hash of the wanted path>`, the same on each run.
 * @throws EmbeddedPostgresError DATA_DIR_FORBIDDEN if no place serves
 */
export async function openDataHome(
  wanted: string,
  user: RunAs,
  reachableDirs: readonly string[],
): Promise<OpenedDataHome> {
  const name = `data-${createHash('sha256').update(resolve(wanted)).digest('hex').slice(0, 16)}`;
  const found = await prepare(wanted, user);
  if (found !== undefined) return { ...dataHome(wanted), ...found };
  for (const folder of user.uid === undefined ? [] : reachableDirs) {
    const place = join(folder, name);
    const stand = (await claimDir(folder)) ? await prepare(place, user) : undefined;
    if (stand !== undefined) return { ...dataHome(place), ...stand };
  }
  throw new EmbeddedPostgresError(
    'DATA_DIR_FORBIDDEN',
    `The OS user ${user.name} cannot write the data folder ${wanted}. It may belong to another user ` +
      '(was it made by root?): start as that user, or choose another data folder.',
  );
}

/** Undefined when the user can not work there. */
async function prepare(dir: string, user: RunAs): Promise<{ isFresh: boolean } | undefined> {
  try {
    await mkdir(dirname(dir), { recursive: true, mode: 0o755 });
    const isFresh = (await mkdir(dir, { recursive: true, mode: 0o700 })) !== undefined;
    await handOver(dir, user);
    const reached = await canWrite(user, dir);
    if (!reached && isFresh) await rmdir(dir);
    return reached ? { isFresh } : undefined;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** Gives an empty folder of root's to the user; a folder with anything in it keeps its owner. */
async function handOver(dir: string, user: RunAs): Promise<void> {
  const { uid, gid } = spawnIds(user);
  if (uid === undefined || gid === undefined) return;
  if ((await stat(dir)).uid === 0 && (await readdir(dir)).length === 0) await chown(dir, uid, gid);
}

/** The folder that the next initialisation works in; it becomes the cluster by a rename once it is whole. */
export function initialisingDir(home: DataHome): string {
  return join(home.dir, `${INITIALISING_PREFIX}${process.pid}`);
}

/**
 * Tells whether there is a cluster to start. What an interrupted initialisation left is deleted, since no server ever
 * ran on it; a `cluster` folder that is not whole may hold somebody's data and is only moved aside.
 * @returns true to start the cluster, false to initialise one
 * @throws EmbeddedPostgresError DATA_DIR_VERSION, DATA_DIR_FORBIDDEN
 */
export async function hasCluster(home: DataHome, warn: (message: string) => void): Promise<boolean> {
  const entries = await readdir(home.dir);
  for (const entry of entries.filter((name) => name.startsWith(INITIALISING_PREFIX))) {
    warn(`Removing ${entry}, left by an initialisation that was interrupted.`);
    await rm(join(home.dir, entry), { recursive: true, force: true });
  }
  if (!entries.includes(basename(home.clusterDir))) return false;
  if (await isWhole(home.clusterDir)) return true;
  await moveAside(home, warn);
  return false;
}

async function isWhole(clusterDir: string): Promise<boolean> {
  try {
    const version = (await readFile(join(clusterDir, 'PG_VERSION'), 'utf8')).trim();
    if (version !== POSTGRES_MAJOR) throw wrongVersion(clusterDir, version);
    return (await stat(join(clusterDir, 'global', 'pg_control'))).size > 0;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    if (systemErrorCode(error) !== 'EACCES') throw error;
    const message = `The data in ${clusterDir} belongs to another OS user: start as that user.`;
    throw new EmbeddedPostgresError('DATA_DIR_FORBIDDEN', message, error);
  }
}

function wrongVersion(clusterDir: string, version: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'DATA_DIR_VERSION',
    `The data in ${clusterDir} was written by PostgreSQL ${version}, but this is PostgreSQL ${POSTGRES_MAJOR}. ` +
      'Dump it with the old version, or move the folder away to begin anew.',
  );
}

async function moveAside(home: DataHome, warn: (message: string) => void): Promise<void> {
  if ((await readdir(home.clusterDir)).length === 0) return rm(home.clusterDir, { recursive: true });
  const aside = `${home.clusterDir}.broken-${Date.now()}`;
  await rename(home.clusterDir, aside);
  warn(`${home.clusterDir} is no whole cluster; it was moved to ${aside} and a new one is made.`);
}

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, open, readFile, rename, rm } from 'node:fs/promises';
import type { Binaries } from './binaries';
import { type DataHome, initialisingDir } from './data-home';
import { EmbeddedPostgresError, failureFromOutput } from './errors';
import { type RunAs, spawnIds } from './os-user';

/** The name of the superuser inside the embedded database. */
export const SUPERUSER = 'postgres';

const PASSWORD_BYTES = 24;
const OUTPUT_CHARS_MAX = 64 * 1024;

/**
 * Creates the cluster: a fresh password, then `initdb` into a folder of its own, then one rename. A crash at any moment
 * leaves either no cluster or a whole one. UTF8 with the C locale gives the same sort order on every machine.
 * @throws EmbeddedPostgresError DISK_FULL, INITDB_FAILED
 */
export async function initialiseCluster(home: DataHome, binaries: Binaries, user: RunAs): Promise<void> {
  const target = initialisingDir(home);
  await writePassword(home.passwordFile, user);
  const arguments_ = [
    `--pgdata=${target}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${home.passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ];
  try {
    await runInitdb(binaries.initdb, arguments_, user, home.dir);
    await rename(target, home.clusterDir);
    await syncFolder(home.dir);
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    throw error;
  }
}

/** Reads the superuser's password. */
export async function readPassword(home: DataHome): Promise<string> {
  const password = (await readFile(home.passwordFile, 'utf8').catch(() => '')).trim();
  if (password !== '') return password;
  throw new EmbeddedPostgresError(
    'PASSWORD_LOST',
    `${home.passwordFile} is missing, and nothing else knows the password of the data beside it. ` +
      'Put the file back, or move the folder away to begin anew.',
  );
}

async function writePassword(file: string, user: RunAs): Promise<void> {
  await rm(file, { force: true });
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(PASSWORD_BYTES).toString('hex')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (user.uid !== undefined && user.gid !== undefined) await chown(file, user.uid, user.gid);
}

function runInitdb(program: string, arguments_: readonly string[], user: RunAs, cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, arguments_, {
      ...spawnIds(user),
      cwd,
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-OUTPUT_CHARS_MAX);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => reject(failureFromOutput('INITDB_FAILED', error.message, 'not started')));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(failureFromOutput('INITDB_FAILED', output, `exit ${signal ?? code}`));
    });
  });
}

/** Makes the rename itself durable; where folders cannot be opened (Windows) the file system sees to it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

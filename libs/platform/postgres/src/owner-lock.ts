import { execFile } from 'node:child_process';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EmbeddedPostgresError, systemErrorCode } from './errors';

const run = promisify(execFile);
const CLAIM_ATTEMPTS_MAX = 5;

interface Owner {
  readonly pid: number;
  /** When the process began, as the OS tells it: a later process with the same pid has another mark. */
  readonly startMark: string;
}

/**
 * Marks the data as in use by this Node process, so that a second start beside a living one is refused, while the mark
 * of a killed process is taken over. Without it nobody could tell a Postgres that was left behind from one in use.
 * @param file where the mark is kept
 * @returns what gives the mark back
 * @throws EmbeddedPostgresError DATA_DIR_IN_USE
 */
export async function claimOwnership(file: string): Promise<() => Promise<void>> {
  const draft = `${file}.${process.pid}`;
  const mine: Owner = { pid: process.pid, startMark: (await startMark(process.pid)) ?? '' };
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < CLAIM_ATTEMPTS_MAX; attempt++) {
      if (await tryLink(draft, file)) return async () => rm(file, { force: true });
      const holder = await readOwner(file);
      if (holder !== undefined && (await isAlive(holder))) throw inUse(holder);
      await rm(file, { force: true });
    }
    throw new EmbeddedPostgresError('DATA_DIR_IN_USE', `Several processes fight for ${file}.`);
  } finally {
    await rm(draft, { force: true });
  }
}

function inUse(holder: Owner): EmbeddedPostgresError {
  const message =
    `The embedded Postgres is in use by the running process ${holder.pid}. ` +
    'Stop that one first, or choose another data folder.';
  return new EmbeddedPostgresError('DATA_DIR_IN_USE', message);
}

/** A hard link either appears whole or not at all, which a plain write does not promise. */
async function tryLink(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  return (await startMark(owner.pid)) === owner.startMark;
}

/** A mark that is the same for the whole life of a process and differs from that of any other, undefined if it is gone. */
export async function startMark(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return linuxStartMark(pid);
  if (process.platform === 'win32') return signalable(pid) ? 'alive' : undefined;
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
    const [state = '', ...started] = stdout.trim().split(/\s+/);
    return state === '' || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}

/** A zombie counts as gone: where nothing reaps orphans, as in many containers, it would stay for ever. */
async function linuxStartMark(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, startedTicks] = [fields[0], fields[19]];
  return line === '' || state === 'Z' || state === 'X' ? undefined : startedTicks;
}

function signalable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}

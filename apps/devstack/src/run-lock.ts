import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isRunning, type MarkedProcess, markProcess, parseMark } from './process-mark';
import { StartupError, systemErrorCode } from './startup-error';

const CLAIM_ATTEMPTS_MAX = 5;

/** The right to run a stack on one state folder. */
export interface RunLock {
  /** Whether an earlier run ended without giving the lock back, by kill -9 or a power cut. */
  readonly tookOver: boolean;
  release(): Promise<void>;
}

/**
 * Claims a state folder for this process. A lock whose process is gone is taken over; one whose process lives is left
 * alone. The lock appears by a hard link, so it is there whole or not at all, and of two starts one wins.
 * @throws StartupError that names the process which holds the lock
 */
export async function claimRunLock(file: string): Promise<RunLock> {
  const mine = await markProcess(process.pid);
  const draft = `${file}.${process.pid}.new`;
  const text = JSON.stringify(mine ?? { pid: process.pid, startMark: '' });
  await writeFile(draft, text, { mode: 0o600 });
  let tookOver = false;
  try {
    for (let attempt = 0; attempt < CLAIM_ATTEMPTS_MAX; attempt++) {
      if (await tryLink(draft, file)) return { tookOver, release: async () => release(file, text) };
      tookOver = (await removeStale(file)) || tookOver;
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new StartupError(`Several processes start at once on ${file}. Try again.`);
}

/** Takes a dead process's lock away. What was moved is looked at once more, for another start may have been quicker. */
async function removeStale(file: string): Promise<boolean> {
  await refuseIfHeld(file);
  const aside = `${file}.${process.pid}.stale`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
  try {
    await refuseIfHeld(aside);
    return true;
  } catch (error) {
    await tryLink(aside, file);
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function refuseIfHeld(file: string): Promise<void> {
  const holder = parseMark(await readFile(file, 'utf8').catch(() => ''));
  if (holder !== undefined && (await isRunning(holder))) throw held(holder);
}

function held(holder: MarkedProcess): StartupError {
  return new StartupError(
    `Clearway is running already: process ${holder.pid} holds this state folder. Stop it (Ctrl-C in its terminal, or ` +
      `kill ${holder.pid}), or start a second one beside it with --state-dir DIR --ports-from 0.`,
  );
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function release(file: string, text: string): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => '')) === text) await rm(file, { force: true });
}

import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, type MarkedProcess, markProcess, parseMark } from './process-mark';
import { StartupError, systemErrorCode } from './startup-error';

const CLAIM_ATTEMPTS_MAX = 10;
const NAME = /^devstack\.lock\.(\d{1,15})$/;

/** The right to run a stack on one state folder. */
export interface RunLock {
  /** Whether an earlier run ended without giving the lock back, by kill -9 or a power cut. */
  readonly tookOver: boolean;
  /** Gives it back at once; the empty file stays, for the next start to count on. */
  release(): void;
}

/**
 * Claims a state folder for this process. A lock whose process is gone is taken over; one whose process lives is left
 * alone.
 *
 * Each claim makes the file of the next number, by a hard link that appears whole or not at all, and the highest number
 * rules. A number is never taken away from under its owner, so of several starts that find one dead lock exactly one
 * wins: the others fail to make that number, or see a higher one right after they made theirs.
 * @throws StartupError that names the process which holds the lock
 */
export async function claimRunLock(dir: string): Promise<RunLock> {
  const draft = join(dir, `devstack.lock-${randomUUID()}.new`);
  const mark = (await markProcess(process.pid)) ?? { pid: process.pid, startMark: '' };
  await writeFile(draft, JSON.stringify(mark), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < CLAIM_ATTEMPTS_MAX; attempt++) {
      const lock = await tryClaim(dir, draft);
      if (lock !== undefined) return lock;
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new StartupError(`Several processes start at once on ${dir}. Try again.`);
}

async function tryClaim(dir: string, draft: string): Promise<RunLock | undefined> {
  const numbers = await numbersIn(dir);
  const latest = Math.max(0, ...numbers);
  const text = await readFile(fileOf(dir, latest), 'utf8').catch(() => '');
  const holder = parseMark(text);
  if (holder !== undefined && (await isRunning(holder))) throw held(holder);
  const mine = fileOf(dir, latest + 1);
  if (!(await tryLink(draft, mine))) return undefined;
  if (Math.max(...(await numbersIn(dir))) > latest + 1) {
    await rm(mine, { force: true });
    return undefined;
  }
  await Promise.all(numbers.map(async (number) => rm(fileOf(dir, number), { force: true })));
  return { tookOver: text !== '', release: () => writeFileSync(mine, '') };
}

async function numbersIn(dir: string): Promise<readonly number[]> {
  return (await readdir(dir)).flatMap((name) => {
    const [, digits] = NAME.exec(name) ?? [];
    return digits === undefined ? [] : [Number(digits)];
  });
}

function fileOf(dir: string, number: number): string {
  return join(dir, `devstack.lock.${number}`);
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

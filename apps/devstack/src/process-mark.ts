import { setTimeout as sleep } from 'node:timers/promises';
import { startMark as startMarkOf } from '@clearway/platform-postgres';

const POLL_INTERVAL_MS = 20;

/** A process and when it began: a later process that got the same pid has another mark. */
export interface MarkedProcess {
  readonly pid: number;
  readonly startMark: string;
}

/** Marks a process, or gives undefined when it is gone. */
export async function markProcess(pid: number): Promise<MarkedProcess | undefined> {
  const startMark = await startMarkOf(pid);
  return startMark === undefined ? undefined : { pid, startMark };
}

/** Tells whether this very process still runs, and not another one that got its pid. */
export async function isRunning(marked: MarkedProcess): Promise<boolean> {
  return (await startMarkOf(marked.pid)) === marked.startMark;
}

/** Waits until the process is gone; false when it is still there after the time. */
export async function waitUntilGone(marked: MarkedProcess, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (await isRunning(marked)) {
    if (performance.now() >= deadline) return false;
    await sleep(POLL_INTERVAL_MS);
  }
  return true;
}

/** Sends a signal to a process, or with a negative pid to its group; false when nothing was there to get it. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Reads a mark that `JSON.stringify` wrote; undefined for anything else, such as a file cut short by a full disk. */
export function parseMark(text: string): MarkedProcess | undefined {
  try {
    const { pid, startMark } = JSON.parse(text) as Partial<MarkedProcess>;
    return typeof pid === 'number' && pid > 0 && typeof startMark === 'string'
      ? { pid, startMark }
      : undefined;
  } catch {
    return undefined;
  }
}

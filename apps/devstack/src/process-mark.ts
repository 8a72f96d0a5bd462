import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { systemErrorCode } from './startup-error';

const run = promisify(execFile);
const POLL_INTERVAL_MS = 20;

/** A process and when it began: a later process that got the same pid has another mark. */
export interface MarkedProcess {
  readonly pid: number;
  readonly startMark: string;
}

/** Marks a process, or gives undefined when it is gone. A zombie counts as gone: in a container nobody may ever reap it. */
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

async function startMarkOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return linuxStartMark(pid);
  if (process.platform === 'win32') return exists(pid) ? 'alive' : undefined;
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
    const [state = '', ...started] = stdout.trim().split(/\s+/);
    return state === '' || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/PID/stat, counted after the command's name, which may itself hold blanks and brackets. */
async function linuxStartMark(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, startedTicks] = [fields[0], fields[19]];
  return line === '' || state === 'Z' || state === 'X' ? undefined : startedTicks;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}

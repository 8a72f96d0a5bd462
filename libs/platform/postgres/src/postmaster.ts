import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Binaries } from './binaries';
import { EmbeddedPostgresError } from './errors';
import { startMark } from './owner-lock';

const run = promisify(execFile);
const POLL_INTERVAL_MS = 20;
const FAST_SHUTDOWN_TIMEOUT_MS = 30_000;
const FORCED_SHUTDOWN_TIMEOUT_MS = 5_000;

/** What a running server writes about itself into `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  /** `starting`, `ready`, `stopping`, `standby`, or empty while the file is being written. */
  readonly status: string;
}

/** Reads `postmaster.pid`; undefined when there is none or it is not whole yet. */
export async function readPostmaster(clusterDir: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  return Number.isSafeInteger(pid) && pid > 0 ? { pid, status: (lines[7] ?? '').trim() } : undefined;
}

/**
 * Finds the server that a killed Node process left behind on this data. The pid in the file may meanwhile belong to
 * another program (after a reboot, or in a new container), so the process itself is asked which folder it serves; a
 * file that points to a stranger is removed, because Postgres would refuse to start over it.
 * @returns the pid of the living server, or undefined
 */
export async function findLeftBehind(clusterDir: string): Promise<number | undefined> {
  const found = await readPostmaster(clusterDir);
  if (found === undefined) return undefined;
  if (await serves(found.pid, clusterDir)) return found.pid;
  await rm(join(clusterDir, 'postmaster.pid'), { force: true });
  return undefined;
}

async function serves(pid: number, clusterDir: string): Promise<boolean> {
  if ((await startMark(pid)) === undefined) return false;
  if (process.platform === 'win32') return true;
  const wanted = await realpath(clusterDir);
  if (process.platform === 'linux') {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    return cwd === wanted;
  }
  const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.includes('postgres') && (stdout.includes(clusterDir) || stdout.includes(wanted));
}

/**
 * Stops a server by its pid and waits until it is gone: first a fast shutdown (sessions are cut, a checkpoint is
 * written), and if that hangs an immediate one, after which the next start recovers from the write-ahead log. Nothing
 * committed is lost either way.
 * @throws EmbeddedPostgresError STOP_FAILED if the process outlives both
 */
export async function stopPostmaster(pid: number, clusterDir: string, binaries: Binaries): Promise<void> {
  const mark = await startMark(pid);
  if (mark === undefined) return;
  await signal(pid, 'fast', clusterDir, binaries);
  if (await isGone(pid, mark, FAST_SHUTDOWN_TIMEOUT_MS)) return;
  await signal(pid, 'immediate', clusterDir, binaries);
  if (await isGone(pid, mark, FORCED_SHUTDOWN_TIMEOUT_MS)) return;
  if (process.platform !== 'win32') kill(pid, 'SIGKILL');
  if (await isGone(pid, mark, FORCED_SHUTDOWN_TIMEOUT_MS)) return;
  throw new EmbeddedPostgresError('STOP_FAILED', `The Postgres server with pid ${pid} does not stop.`);
}

async function signal(
  pid: number,
  mode: 'fast' | 'immediate',
  clusterDir: string,
  binaries: Binaries,
): Promise<void> {
  if (process.platform !== 'win32') return kill(pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
  await run(binaries.pgCtl, ['stop', '--no-wait', '-m', mode, '-D', clusterDir]).catch(() => undefined);
}

function kill(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It went by itself meanwhile; whoever waits for it sees that.
  }
}

async function isGone(pid: number, mark: string, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if ((await startMark(pid)) !== mark) return true;
    await sleep(POLL_INTERVAL_MS);
  }
  return false;
}

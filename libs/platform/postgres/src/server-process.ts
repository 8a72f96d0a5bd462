import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries';
import { EmbeddedPostgresError, failureFromOutput } from './errors';
import { type RunAs, spawnIds } from './os-user';
import { readPostmaster } from './postmaster';

/** Where the embedded Postgres reports; a pino logger fits. Lines of the server that mean nothing wrong go to debug. */
export interface PostgresLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** How the server ended, as the OS tells it. */
export interface PostgresExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One run of the server as a child process. */
export interface ServerProcess {
  readonly pid: number;
  readonly exited: Promise<PostgresExit>;
}

const READY_POLL_INTERVAL_MS = 15;
const RECENT_LINES_MAX = 40;

/**
 * Settings for a laptop: durable (fsync and full-page writes stay on, the log can be shipped), small, reachable over loopback only,
 * quiet. Checkpoints are rare, because after each of them every page that changes is logged whole once; the price is a longer recovery after
 * a crash, and up to max_wal_size on disk. Statements are short and prepared, so that compiling them never pays.
 */
const SETTINGS: readonly string[] = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=100',
  'shared_buffers=256MB',
  'max_wal_size=4GB',
  'checkpoint_timeout=15min',
  'wal_init_zero=off',
  'jit=off',
  'fsync=on',
  'password_encryption=scram-sha-256',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_destination=stderr',
  'logging_collector=off',
  'log_checkpoints=off',
];

/** What a server needs to run. */
export interface ServerPlan {
  readonly clusterDir: string;
  readonly binaries: Binaries;
  readonly user: RunAs;
  readonly port: number;
  readonly startTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly log: PostgresLog;
  /** Further settings, `name=value`. */
  readonly settings: readonly string[];
}

/**
 * Starts the server and waits until it accepts connections, as `postmaster.pid` tells. It gets a process group of its
 * own, so that Ctrl-C in a terminal reaches Node alone, which can then stop its services before their database.
 * @throws EmbeddedPostgresError START_FAILED, START_TIMEOUT, PORT_TAKEN, DISK_FULL; the signal's reason. No process is left then.
 */
export async function startServer(plan: ServerPlan): Promise<ServerProcess> {
  const child = spawnServer(plan);
  const recent: string[] = [];
  readLines(child, plan.log, recent);
  let ended: EmbeddedPostgresError | undefined;
  const exited = new Promise<PostgresExit>((resolve) => {
    child.once('error', (error) => {
      ended = failureFromOutput('START_FAILED', error.message, 'not started');
      resolve({ code: null, signal: null });
    });
    child.once('close', (code, signal) => {
      ended ??= failureFromOutput('START_FAILED', recent.join('\n'), `exit ${signal ?? code}`);
      resolve({ code, signal });
    });
  });
  try {
    await untilReady(plan, child, () => ended);
  } catch (error) {
    child.kill('SIGQUIT');
    await exited;
    throw error;
  }
  return { pid: child.pid as number, exited };
}

function spawnServer(plan: ServerPlan): ChildProcess {
  const settings = [...SETTINGS, ...plan.settings].flatMap((setting) => ['-c', setting]);
  return spawn(plan.binaries.postgres, ['-D', plan.clusterDir, '-p', String(plan.port), ...settings], {
    ...spawnIds(plan.user),
    cwd: plan.clusterDir,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: process.platform !== 'win32',
  });
}

function readLines(child: ChildProcess, log: PostgresLog, recent: string[]): void {
  if (child.stderr === null) return;
  createInterface({ input: child.stderr }).on('line', (line) => {
    recent.push(line);
    if (recent.length > RECENT_LINES_MAX) recent.shift();
    if (/\b(WARNING|PANIC|FATAL):/.test(line) && !/FATAL: {2}terminating connection/.test(line))
      log.warn(line);
    else log.debug(line);
  });
}

async function untilReady(
  plan: ServerPlan,
  child: ChildProcess,
  ended: () => EmbeddedPostgresError | undefined,
): Promise<void> {
  const deadline = performance.now() + plan.startTimeoutMs;
  while (performance.now() < deadline) {
    plan.signal?.throwIfAborted();
    const failure = ended();
    if (failure !== undefined) throw failure;
    const found = await readPostmaster(plan.clusterDir);
    if (found !== undefined && found.pid === child.pid && found.status === 'ready') return;
    await sleep(READY_POLL_INTERVAL_MS);
  }
  const message = `Postgres was not ready after ${plan.startTimeoutMs} ms; it may still be recovering from a crash.`;
  throw new EmbeddedPostgresError('START_TIMEOUT', message);
}

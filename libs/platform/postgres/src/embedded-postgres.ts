import { findNativeDir, reachableBinaries } from './binaries';
import { type DataHome, dataHome, hasCluster, openDataHome } from './data-home';
import { EmbeddedPostgresError } from './errors';
import { anyFreePort, choosePort } from './free-port';
import { initialiseCluster, readPassword, SUPERUSER } from './initialise-cluster';
import { chooseUser } from './os-user';
import { claimOwnership } from './owner-lock';
import { findLeftBehind, stopPostmaster } from './postmaster';
import { defaultReachableDirs } from './reachable-dirs';
import {
  type PostgresExit,
  type PostgresLog,
  type ServerPlan,
  type ServerProcess,
  startServer,
} from './server-process';
import { walArchiveSettings } from './wal-archive';

/** What to start and where. */
export interface EmbeddedPostgresOptions {
  /** The folder to keep everything in: the cluster, its password, its owner mark. Created if missing. */
  readonly dataDir: string;
  /** Listen on exactly this port, or fail; without it 15432 is preferred and any free port taken instead. */
  readonly port?: number;
  readonly log: PostgresLog;
  /** The backup folder whose `wal` takes every finished segment of the write-ahead log; without it nothing is archived. */
  readonly archiveTo?: string;
  /** How long a start, with its crash recovery, may take. */
  readonly startTimeoutMs?: number;
  /** Ends a start that is under way, with its recovery; a server that runs is ended by `stop`. */
  readonly signal?: AbortSignal;
  /** The `native` folder of the binaries; default: the npm package's. */
  readonly nativeDir?: string;
  /** Where root puts what another OS user must reach; default: `/var/lib/clearway`, else the temporary folder. */
  readonly reachableDirs?: readonly string[];
}

/** A running embedded Postgres. */
export interface EmbeddedPostgres {
  /** The superuser's URL, over loopback, with its password: not for logs. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Where the data really is: differs from the wanted folder when Postgres' OS user cannot reach that one. */
  readonly dataDir: string;
  /** Settles when the server is gone, however it went; a supervisor reacts to one that it did not ask for. */
  readonly exited: Promise<PostgresExit>;
  /** Shuts down fast (cuts sessions, writes a checkpoint) and waits until the process is gone. Safe to call twice. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS_DEFAULT = 60_000;
const PORT_ATTEMPTS_MAX = 3;

/**
 * Starts a real Postgres for development and tests, with nothing to install or download, and keeps its data.
 *
 * A server that a killed Node process left running is stopped and started anew rather than adopted: that cuts the
 * sessions of services that were orphaned with it, gives this run its own settings, port and log, and leaves one path
 * instead of two. It costs about 0.2 s.
 * @throws EmbeddedPostgresError with a code that says why
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = await chooseUser(dataHome(options.dataDir).clusterDir);
  const reachableDirs = options.reachableDirs ?? defaultReachableDirs();
  const binaries = await reachableBinaries(options.nativeDir ?? findNativeDir(), user, reachableDirs);
  const home = await openDataHome(options.dataDir, user, reachableDirs);
  if (home.dir !== dataHome(options.dataDir).dir) {
    options.log.warn(
      `The OS user ${user.name} cannot reach ${options.dataDir}; the data is kept in ${home.dir}.`,
    );
  }
  const disown = await claimOwnership(home.ownerFile);
  try {
    const startTimeoutMs = options.startTimeoutMs ?? START_TIMEOUT_MS_DEFAULT;
    const settings = options.archiveTo === undefined ? [] : await walArchiveSettings(options.archiveTo, user);
    const { log, signal } = options;
    const plan = { clusterDir: home.clusterDir, binaries, user, startTimeoutMs, log, signal, settings };
    const password = await prepareCluster(home, plan);
    const { server, port } = await startOnPort(plan, options.port);
    const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
    return { url, port, pid: server.pid, dataDir: home.dir, ...supervise(plan, server, disown) };
  } catch (error) {
    await disown();
    throw error;
  }
}

/** Leaves a whole cluster that no server runs on, and gives the superuser's password. */
async function prepareCluster(home: DataHome, plan: Omit<ServerPlan, 'port'>): Promise<string> {
  const leftBehind = await findLeftBehind(home.clusterDir);
  if (leftBehind !== undefined) {
    plan.log.info(`Stopping the Postgres that an earlier run left behind (pid ${leftBehind}).`);
    await stopPostmaster(leftBehind, home.clusterDir, plan.binaries);
  }
  if (!(await hasCluster(home, (message) => plan.log.warn(message)))) {
    plan.log.info(`Creating the embedded database in ${home.dir}.`);
    await initialiseCluster(home, plan.binaries, plan.user);
  }
  return readPassword(home);
}

/** A port can be lost between choosing it and binding it; unless it was asked for, another one serves as well. */
async function startOnPort(
  plan: Omit<ServerPlan, 'port'>,
  asked: number | undefined,
): Promise<{ server: ServerProcess; port: number }> {
  let port = await choosePort(asked);
  for (let attempt = 1; ; attempt++) {
    try {
      return { server: await startServer({ ...plan, port }), port };
    } catch (error) {
      const isLost = error instanceof EmbeddedPostgresError && error.code === 'PORT_TAKEN';
      if (!isLost || asked !== undefined || attempt >= PORT_ATTEMPTS_MAX) throw error;
      port = await anyFreePort();
    }
  }
}

function supervise(
  plan: Omit<ServerPlan, 'port'>,
  server: ServerProcess,
  disown: () => Promise<void>,
): Pick<EmbeddedPostgres, 'exited' | 'stop'> {
  const stopOnExit = (): void => interrupt(server.pid);
  process.once('exit', stopOnExit);
  const exited = server.exited.then(async (exit) => {
    process.off('exit', stopOnExit);
    await disown();
    return exit;
  });
  const stop = async (): Promise<void> => {
    await stopPostmaster(server.pid, plan.clusterDir, plan.binaries);
    await exited;
  };
  let stopping: Promise<void> | undefined;
  return { exited, stop: () => (stopping ??= stop()) };
}

/** The last thing a process that forgot to stop can do: ask for a fast shutdown without waiting for it. */
function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // It is gone already.
  }
}

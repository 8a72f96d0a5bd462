import { existsSync } from 'node:fs';
import type { Address } from '@clearway/platform-config';
import type { Journal } from '@clearway/platform-journal';
import { createRpcServer, type RpcServer } from '@clearway/platform-rpc';
import { openShard, type ShardOptions, startSnapshotter } from '@clearway/platform-shard';
import { createLogger, type Logger, type Tracing } from '@clearway/platform-telemetry';
import { accessNotes } from './access-notes';
import { callSpans } from './call-spans';
import { commitObserver } from './commit-observer';
import { processMetrics } from './process-metrics';
import { runReadModels } from './read-models';
import { reflectionDescriptor } from './reflection-descriptor';
import { ServiceCore } from './service-core';
import type { ServiceDefinition, Stoppable } from './service-definition';
import { callMetrics, serverMetrics, shardMetrics } from './service-metrics';
import { clockMicros, migrateSchema, openJournal, openPool, openTelemetry } from './service-parts';
import { serviceTlsFiles } from './service-tls';
import type { SnapshotWorkerData } from './snapshot-worker';
import { stateService } from './state.service';

/** What calls in flight get to finish when a service stops, before they are cut. */
export const DRAIN_TIMEOUT_MS = 2_500;

/** A service that was started in this process. */
export interface RunningService {
  /** Port that it listens on. */
  readonly port: number;
  readonly log: Logger;
  /** Settles with the error after which the service must not go on: end the process at once, non-zero. */
  readonly fatal: Promise<Error>;
  /** Resolves once the service owns its shard and takes calls; a standby may wait for long. */
  whenReady(): Promise<void>;
  /** Finishes what was taken, gives the lease back and frees everything. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts a service, in this order: telemetry, schema, pool, journal, shard, RPC server (which refuses with NOT_READY until the
 * shard serves), then read models and what works beside the shard; at last health says SERVING. Stopping goes the other way round. It
 * touches neither signals nor the exit status: that is `runService`, and tests do without.
 */
export async function startService<State, Command, Event, Outcome, Output>(
  definition: ServiceDefinition<State, Command, Event, Outcome, Output>,
): Promise<RunningService> {
  const { name, settings } = definition;
  const log = createLogger({ service: name, level: settings.CLEARWAY_LOG_LEVEL });
  const { promise: fatal, resolve: onFatal } = deferred<Error>();
  const telemetry = await openTelemetry(name, settings, log);
  const processFigures = settings.CLEARWAY_METRICS_LISTEN === undefined ? undefined : processMetrics();
  await migrateSchema(definition, log);
  const pool = openPool(definition, log);
  const { tracing } = telemetry;
  const shard = openShard(shardOptions(definition, openJournal(pool), log, tracing, onFatal));
  const closeBase = async (): Promise<void> => {
    await shard.close();
    await pool.end();
    processFigures?.stop();
    await telemetry.shutdown();
  };
  try {
    const core = new ServiceCore(definition, shard, pool, log, tracing);
    const server = serverOf(definition, core);
    serverMetrics(() => server.load);
    const port = await server.start();
    const live = goLive(definition, core, server, port);
    return running(core, server, live, port, { fatal, onFatal, closeBase });
  } catch (error) {
    await closeBase();
    throw error;
  }
}

function shardOptions<State, Command, Event, Outcome, Output>(
  definition: ServiceDefinition<State, Command, Event, Outcome, Output>,
  journal: Journal,
  log: Logger,
  tracing: Tracing,
  onFatal: (error: Error) => void,
): ShardOptions<State, Command, Event, Outcome, Output> {
  const { name, settings, machine, codec, shardLimits: limits = {} } = definition;
  const owner = settings.CLEARWAY_INSTANCE;
  const shardId = `${name}/0`;
  const observer = commitObserver(shardId, tracing);
  return { shardId, machine, codec, journal, owner, limits, clock: clockMicros, log, observer, onFatal };
}

interface Ending {
  readonly fatal: Promise<Error>;
  readonly onFatal: (error: Error) => void;
  readonly closeBase: () => Promise<void>;
}

function running<State, Command, Event, Outcome, Output>(
  core: ServiceCore<State, Command, Event, Outcome, Output>,
  server: RpcServer,
  live: Promise<readonly Stoppable[]>,
  port: number,
  { fatal, onFatal, closeBase }: Ending,
): RunningService {
  const { shard, log } = core;
  let stopping: Promise<void> | undefined;
  live.catch((error: Error) => {
    if (!stopping) onFatal(error);
  });
  const stop = async (): Promise<void> => {
    await server.drain(DRAIN_TIMEOUT_MS);
    if (shard.state !== 'serving') await shard.close();
    await stopAll(await live.catch(() => []));
    await closeBase();
  };
  const whenReady = async (): Promise<void> => void (await live);
  return { port, log, fatal, whenReady, stop: () => (stopping ??= stop()) };
}

function serverOf<State, Command, Event, Outcome, Output>(
  definition: ServiceDefinition<State, Command, Event, Outcome, Output>,
  core: ServiceCore<State, Command, Event, Outcome, Output>,
): RpcServer {
  const { settings, log, shard } = core;
  const { CLEARWAY_LISTEN: listen, CLEARWAY_HEALTH_LISTEN: health } = settings;
  return createRpcServer({
    address: bindingTo(listen),
    ...(health === undefined ? {} : { healthAddress: bindingTo(health) }),
    tls: serviceTlsFiles(settings),
    services: [...definition.rpcServices(core), stateService(core, definition.machine)],
    log,
    access: accessNotes(shard, log),
    observer: callMetrics(),
    tracing: callSpans(core.tracing, settings.CLEARWAY_LISTEN),
    serving: false,
    descriptorSet: reflectionDescriptor(),
  });
}

function bindingTo({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Waits for the shard, starts what works beside it, and says so. Resolves with what must be stopped again. */
async function goLive<State, Command, Event, Outcome, Output>(
  definition: ServiceDefinition<State, Command, Event, Outcome, Output>,
  core: ServiceCore<State, Command, Event, Outcome, Output>,
  server: RpcServer,
  port: number,
): Promise<readonly Stoppable[]> {
  const { shard, log } = core;
  await shard.whenServing();
  const readModels = runReadModels(definition, core);
  const started = [
    ...readModels,
    ...((await definition.started?.(core)) ?? []),
    ...snapshotterOf(definition, core),
  ];
  shardMetrics(shard.id, () => shard.stats());
  server.setServing(true);
  log.info({ shard: shard.id, port, instance: definition.settings.CLEARWAY_INSTANCE }, 'ready');
  return started;
}

/** The worker is a compiled file, so from sources (in tests) there is none. */
function snapshotterOf<State, Command, Event, Outcome, Output>(
  { snapshotWorkerFile }: ServiceDefinition<State, Command, Event, Outcome, Output>,
  core: ServiceCore<State, Command, Event, Outcome, Output>,
): Stoppable[] {
  if (snapshotWorkerFile === undefined || !existsSync(snapshotWorkerFile)) return [];
  const workerData: SnapshotWorkerData = {
    postgresUrl: core.settings.CLEARWAY_POSTGRES_URL,
    shardId: core.shardId,
  };
  return [
    startSnapshotter({ shard: core.shard, workerEntryFile: snapshotWorkerFile, workerData, log: core.log }),
  ];
}

async function stopAll(started: readonly Stoppable[]): Promise<void> {
  for (const each of [...started].reverse()) await each.stop();
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

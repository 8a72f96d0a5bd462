import type { Address } from '@clearway/platform-config';
import { createRpcServer, type RpcServer } from '@clearway/platform-rpc';
import { createLogger, type Logger, type Tracing } from '@clearway/platform-telemetry';
import { accessNotes, type NoteTaker } from './access-notes';
import { callSpans } from './call-spans';
import { processMetrics } from './process-metrics';
import { reflectionDescriptor } from './reflection-descriptor';
import type { ServiceDefinition } from './service-definition';
import { callMetrics, serverMetrics } from './service-metrics';
import { migrateSchema, openJournal, openPool, openTelemetry } from './service-parts';
import { serviceTlsFiles } from './service-tls';
import { ShardHost } from './shard-host';
import { openSharedState, type SharedState } from './shared-state';

/** What calls in flight get to finish when a service stops, before they are cut. */
export const DRAIN_TIMEOUT_MS = 2_500;
/** Handing over and draining together end by then: what remains of `STOP_TIMEOUT_MS` closes the database's sessions. */
const CLOSING_AFTER_MS = 4_000;
const DRAIN_TIMEOUT_MS_MIN = 500;

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
 * Starts a service, in this order: telemetry, schema, pool, journal, a slot for each shard, RPC server, membership among the
 * service's processes; then each shard whose lease this process gets serves with its read models and what works beside it, and
 * health says SERVING while it serves any. Stopping goes the other way round. It
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
  const shared = openSharedState(name, settings, log);
  const host = new ShardHost(definition, openJournal(pool), {
    pool,
    log,
    tracing,
    redis: shared.redis,
    onFatal,
  });
  const closeBase = async (): Promise<void> => {
    await host.close();
    shared.close();
    await pool.end();
    processFigures?.stop();
    await telemetry.shutdown();
  };
  try {
    await host.check();
    const server = serverOf(definition, host, shared, log, tracing);
    serverMetrics(() => server.load);
    const port = await server.start();
    const ready = goLive(definition, host, server, log);
    await host.join(port);
    return running(host, server, ready, port, { log, fatal, closeBase });
  } catch (error) {
    await closeBase();
    throw error;
  }
}

interface Ending {
  readonly log: Logger;
  readonly fatal: Promise<Error>;
  readonly closeBase: () => Promise<void>;
}

function running<State, Command, Event, Outcome, Output>(
  host: ShardHost<State, Command, Event, Outcome, Output>,
  server: RpcServer,
  ready: Promise<void>,
  port: number,
  { log, fatal, closeBase }: Ending,
): RunningService {
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const beganAtMs = performance.now();
    const took = (): number => Math.round(performance.now() - beganAtMs);
    await host.leave();
    await host.handOverAll();
    const handedOverMs = took();
    const isDrained = await server.drain(drainTimeoutMs(handedOverMs));
    log.info({ handedOverMs, drainedMs: took(), isDrained }, 'drained');
    await closeBase();
  };
  return { port, log, fatal, whenReady: () => ready, stop: () => (stopping ??= stop()) };
}

/** Shards that were slow to be handed over leave less for the calls. */
export function drainTimeoutMs(handedOverMs: number): number {
  return Math.min(DRAIN_TIMEOUT_MS, Math.max(DRAIN_TIMEOUT_MS_MIN, CLOSING_AFTER_MS - handedOverMs));
}

function serverOf<State, Command, Event, Outcome, Output>(
  definition: ServiceDefinition<State, Command, Event, Outcome, Output>,
  host: ShardHost<State, Command, Event, Outcome, Output>,
  { rateLimit }: SharedState,
  log: Logger,
  tracing: Tracing,
): RpcServer {
  const { name, settings, routes } = definition;
  const { CLEARWAY_LISTEN: listen, CLEARWAY_HEALTH_LISTEN: health } = settings;
  const notes = { note: async (...note: Parameters<NoteTaker['note']>) => host.noteTaker().note(...note) };
  return createRpcServer({
    address: bindingTo(listen),
    ...(health === undefined ? {} : { healthAddress: bindingTo(health) }),
    tls: serviceTlsFiles(settings),
    services: host.services(),
    log,
    access: accessNotes(notes, log),
    observer: callMetrics(),
    tracing: callSpans(tracing, settings.CLEARWAY_LISTEN),
    rateLimit,
    forwarder: routes === undefined ? undefined : `spiffe://clearway/svc/${name}`,
    serving: false,
    descriptorSet: reflectionDescriptor(),
  });
}

function bindingTo({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Says whether this process serves any shard, as that changes; resolves when it does for the first time. */
function goLive<State, Command, Event, Outcome, Output>(
  { settings }: ServiceDefinition<State, Command, Event, Outcome, Output>,
  host: ShardHost<State, Command, Event, Outcome, Output>,
  server: RpcServer,
  log: Logger,
): Promise<void> {
  return new Promise((resolve) => {
    host.onOwned((shards) => {
      server.setServing(shards.length > 0);
      if (shards.length === 0) return;
      log.info({ shards, port: server.port, instance: settings.CLEARWAY_INSTANCE }, 'ready');
      resolve();
    });
  });
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

import { context, DiagLogLevel, diag, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import { type MetricsAddress, MetricsServer } from './metrics-server';
import { isDecided, Tracing } from './tracing';

/** What a service measures, and where it goes. */
export interface TelemetryOptions {
  readonly service: string;
  /** Base URL of an OTLP/HTTP collector, for example `http://localhost:4318`; without it no span leaves the process. */
  readonly otlpEndpoint?: string;
  /** Share of new traces that are recorded, 0 to 1; a trace that came from outside keeps its caller's decision. */
  readonly samplingRatio: number;
  /** Where Prometheus may fetch `/metrics`; without it no metric is collected. */
  readonly metricsListen?: { readonly host: string; readonly port: number };
  /** Told when telemetry itself is in trouble, such as a collector that cannot be reached; default: nobody. */
  readonly log?: { warn(message: string): void };
}

/** Running telemetry. */
export interface Telemetry {
  /** The way to spans; it makes none where no collector is named. */
  readonly tracing: Tracing;
  /** Sends what is waiting and frees the port; gives up after 2 s, since a dead collector must not delay a stop. */
  shutdown(): Promise<void>;
}

const EXPORT_TIMEOUT_MS = 1_500;
const SHUTDOWN_TIMEOUT_MS = 2_000;
const SPAN_QUEUE_MAX = 4_096;
const SPAN_BATCH_MAX = 512;

/** What both ways to run the SDK are made of. */
interface Parts {
  readonly resource: Resource;
  readonly sampler: Sampler;
  readonly metricReaders: PrometheusExporter[];
}

/** An SDK that has registered itself with the API, and how to stop it. */
interface RunningSdk {
  shutdown(): Promise<void>;
}

/**
 * Starts tracing and metrics. Call it first in `main.ts`: instruments that were made before stay silent. Trace ids exist
 * even when nothing is sampled or exported, so logs and audit entries can always be joined. The whole SDK of
 * `@opentelemetry/sdk-node` runs only when there is a collector to send to: it takes 350 ms to load, which is too dear for a
 * laptop that starts four services without one.
 * @throws the system error when the metrics address cannot be listened on
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { service, samplingRatio, metricsListen, otlpEndpoint, log } = options;
  if (log !== undefined) complainTo(log);
  const parts: Parts = {
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: service }),
    sampler: new ParentBasedSampler({ root: rootSampler(samplingRatio) }),
    metricReaders: metricsListen === undefined ? [] : [await serveMetrics(metricsListen)],
  };
  const sdk = otlpEndpoint === undefined ? startLightly(parts) : startNodeSdk(parts, otlpEndpoint);
  let stopping: Promise<void> | undefined;
  const tracing = new Tracing({ isRecording: otlpEndpoint !== undefined, samplingRatio });
  return { tracing, shutdown: () => (stopping ??= stop(sdk, log)) };
}

/** A new trace is recorded when `Tracing` has decided so; what others begin is sampled by its id. */
function rootSampler(samplingRatio: number): Sampler {
  const byId = new TraceIdRatioBasedSampler(samplingRatio);
  return {
    shouldSample: (parent, ...span) =>
      isDecided(parent)
        ? { decision: SamplingDecision.RECORD_AND_SAMPLED }
        : byId.shouldSample(parent, span[0]),
    toString: () => `DecidedOr{${byId.toString()}}`,
  };
}

/** Registers what makes trace ids and metrics, and nothing that exports. */
function startLightly({ resource, sampler, metricReaders }: Parts): RunningSdk {
  const tracers = new TracerProvider({ resource, sampler, spanProcessors: [] });
  const meters = new MeterProvider({ resource, readers: metricReaders });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(tracers);
  if (metricReaders.length > 0) metrics.setGlobalMeterProvider(meters);
  return {
    shutdown: async () => void (await Promise.all([tracers.shutdown(), meters.shutdown()])),
  };
}

/**
 * Runs the SDK for Node, with each part given: what it is not given it makes from its defaults, which send logs and metrics
 * to a collector on this machine and wait 7.5 s for it at the stop.
 */
function startNodeSdk({ resource, sampler, metricReaders }: Parts, otlpEndpoint: string): RunningSdk {
  const { NodeSDK } = require('@opentelemetry/sdk-node') as typeof import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({
    resource,
    sampler,
    metricReaders,
    spanProcessors: [exportTo(otlpEndpoint)],
    logRecordProcessors: [],
    autoDetectResources: false,
    contextManager: new AsyncLocalStorageContextManager(),
    textMapPropagator: new W3CTraceContextPropagator(),
  });
  sdk.start();
  return sdk;
}

function complainTo(log: { warn(message: string): void }): void {
  const warn = (message: string): void => log.warn(`telemetry: ${message}`);
  const ignore = (): void => undefined;
  const logger = { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

async function serveMetrics(address: MetricsAddress): Promise<PrometheusExporter> {
  const server = new MetricsServer(address);
  await server.startServer();
  return server;
}

function exportTo(endpoint: string): BatchSpanProcessor {
  const { OTLPTraceExporter } =
    require('@opentelemetry/exporter-trace-otlp-proto') as typeof import('@opentelemetry/exporter-trace-otlp-proto');
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  return new BatchSpanProcessor({
    exporter,
    maxQueueSize: SPAN_QUEUE_MAX,
    maxExportBatchSize: SPAN_BATCH_MAX,
  });
}

async function stop(sdk: RunningSdk, log: TelemetryOptions['log']): Promise<void> {
  const failure = await withinDeadline(sdk.shutdown());
  if (failure !== undefined) log?.warn(`telemetry: the last data were not sent: ${failure}`);
  trace.disable();
  metrics.disable();
  propagation.disable();
  context.disable();
  diag.disable();
}

/** Waits for the work, though not for longer than a stop may take; says what failed. */
function withinDeadline(work: Promise<void>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${SHUTDOWN_TIMEOUT_MS} ms`), SHUTDOWN_TIMEOUT_MS);
  });
  const settled = work.then(
    () => undefined,
    (error: unknown) => String(error),
  );
  return Promise.race([settled, timeUp]).finally(() => clearTimeout(timer));
}

import { context, DiagLogLevel, diag, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';

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
  /** Sends what is waiting and frees the port; gives up after 2 s, since a dead collector must not delay a stop. */
  shutdown(): Promise<void>;
}

const EXPORT_TIMEOUT_MS = 1_500;
const SHUTDOWN_TIMEOUT_MS = 2_000;
const SPAN_QUEUE_MAX = 4_096;
const SPAN_BATCH_MAX = 512;

/**
 * Starts tracing and metrics. Call it first in `main.ts`: instruments that were made before stay silent. Trace ids exist
 * even when nothing is sampled or exported, so logs and audit entries can always be joined. The parts are put together
 * here rather than by `@opentelemetry/sdk-node`, which takes 350 ms to load and, left to itself, exports everything to
 * a collector that a laptop does not have, which made a stop take 7.5 s.
 * @throws the system error when the metrics address cannot be listened on
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  if (options.log !== undefined) complainTo(options.log);
  const resource = resourceFromAttributes({ [ATTR_SERVICE_NAME]: options.service });
  const meters = options.metricsListen && (await serveMetrics(resource, options.metricsListen));
  const tracers = new TracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.samplingRatio) }),
    spanProcessors: options.otlpEndpoint === undefined ? [] : [exportTo(options.otlpEndpoint)],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(tracers);
  if (meters !== undefined) metrics.setGlobalMeterProvider(meters);
  let stopping: Promise<void> | undefined;
  return { shutdown: () => (stopping ??= stop(tracers, meters, options.log)) };
}

function complainTo(log: { warn(message: string): void }): void {
  const warn = (message: string): void => log.warn(`telemetry: ${message}`);
  const ignore = (): void => undefined;
  const logger = { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

async function serveMetrics(
  resource: Resource,
  { host, port }: { host: string; port: number },
): Promise<MeterProvider> {
  const exporter = new PrometheusExporter({ host, port, preventServerStart: true });
  await exporter.startServer();
  return new MeterProvider({ resource, readers: [exporter] });
}

function exportTo(endpoint: string): BatchSpanProcessor {
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

async function stop(
  tracers: TracerProvider,
  meters: MeterProvider | undefined,
  log: TelemetryOptions['log'],
): Promise<void> {
  const failures = await withinDeadline([tracers.shutdown(), meters?.shutdown() ?? Promise.resolve()]);
  for (const failure of failures) log?.warn(`telemetry: the last data were not sent: ${failure}`);
  trace.disable();
  metrics.disable();
  propagation.disable();
  context.disable();
  diag.disable();
}

/** Waits for all of the work, though not for longer than a stop may take; says what failed. */
async function withinDeadline(work: readonly Promise<void>[]): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([`no answer within ${SHUTDOWN_TIMEOUT_MS} ms`]), SHUTDOWN_TIMEOUT_MS);
  });
  const settled = Promise.allSettled(work).then((results) =>
    results.filter((result) => result.status === 'rejected').map(({ reason }) => String(reason)),
  );
  const failures = await Promise.race([settled, timeUp]);
  clearTimeout(timer);
  return failures;
}

import type { ProjectionStats } from '@clearway/platform-projection';
import type { CallObserver } from '@clearway/platform-rpc';
import type { ShardStats } from '@clearway/platform-shard';
import { type Figures, metrics, TracedHistogram } from '@clearway/platform-telemetry';

const METER = 'clearway';
const CALL_SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** gRPC statuses by their codes, as the label says them. */
const STATUS_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** A reader of the shard's feed, and how far it has got. */
export interface OpenSubscription {
  readonly subscriber: string;
  readonly nextEvent: number;
}

/** Counts the calls that a server answers and measures how long they take, by method and gRPC status. */
export function callMetrics(): CallObserver {
  const durations = new TracedHistogram({
    name: 'clearway_rpc_server_duration_seconds',
    description: 'Time from a call to its answer, of a stream to its end, by method and gRPC status',
    boundaries: CALL_SECONDS_BUCKETS,
  });
  return {
    ended: (method, statusCode, durationMs, traceparent) => {
      const labels = {
        rpc_method: method.slice(1),
        rpc_response_status_code: STATUS_NAMES[statusCode] ?? String(statusCode),
      };
      durations.record(durationMs / 1_000, labels, traceparent);
    },
  };
}

/** Shows the work that a server has in hand. */
export function serverMetrics(
  loadOf: () => { readonly inFlightUnary: number; readonly openStreams: number },
): void {
  const meter = metrics.getMeter(METER);
  meter
    .createObservableGauge('clearway_rpc_server_inflight_calls', { description: 'Unary calls at work now' })
    .addCallback((result) => result.observe(loadOf().inFlightUnary));
  meter
    .createObservableGauge('clearway_rpc_server_open_streams', { description: 'Streams that are open now' })
    .addCallback((result) => result.observe(loadOf().openStreams));
}

/** Shows a shard's own counters, read only when somebody asks for the metrics. */
export function shardMetrics(shardId: string, statsOf: () => ShardStats | undefined): void {
  const meter = metrics.getMeter(METER);
  const attributes = { shard: shardId };
  const count = (name: string, description: string, pick: (stats: ShardStats) => number): void => {
    meter.createObservableCounter(`clearway_shard_${name}_total`, { description }).addCallback((result) => {
      const stats = statsOf();
      if (stats) result.observe(pick(stats), attributes);
    });
  };
  count('commands', 'Commands decided since the start', (stats) => stats.commands);
  count('turns', 'Turns since the start: commands decided together', (stats) => stats.turns);
  count('events', 'Events committed since the start', (stats) => stats.events);
  count('journal_bytes', 'Bytes of events committed since the start', (stats) => stats.payloadBytes);
  count('overloads', 'Commands refused because the queue was full', (stats) => stats.overloads);
  const show = (name: string, description: string, pick: (stats: ShardStats) => number): void => {
    meter.createObservableGauge(`clearway_shard_${name}`, { description }).addCallback((result) => {
      const stats = statsOf();
      if (stats) result.observe(pick(stats), attributes);
    });
  };
  show('queued_commands', 'Commands waiting now', (stats) => stats.queueDepth);
  show('inflight_batches', 'Batches on their way to the journal now', (stats) => stats.batchesInFlight);
}

/** Shows how many events a read model is behind its journal, and how often it has failed in a row. */
export function readModelMetrics(
  figures: Figures,
  { name, shard }: { readonly name: string; readonly shard: string },
  statsOf: () => ProjectionStats,
): void {
  const show = (metric: string, description: string, pick: (stats: ProjectionStats) => number): void =>
    figures.gauge(`clearway_read_model_${metric}`, description, (observe) =>
      observe(pick(statsOf()), { read_model: name, shard }),
    );
  show('lag_events', 'Events that the read model is behind its journal', (stats) => stats.lagEvents ?? 0);
  show('failures_in_row', 'Failures in a row, 0 when it is well', (stats) => stats.failures);
}

/** Shows how far each reader of the feed is behind the journal. */
export function feedMetrics(
  figures: Figures,
  shard: string,
  open: ReadonlySet<OpenSubscription>,
  nextEventOf: () => number,
): void {
  const description = 'Durable events that a subscriber of the feed has not been sent, by subscriber';
  figures.gauge('clearway_feed_lag_events', description, (observe) => {
    const lags = new Map<string, number>();
    for (const { subscriber, nextEvent } of open)
      lags.set(subscriber, Math.max(lags.get(subscriber) ?? 0, nextEventOf() - nextEvent));
    for (const [subscriber, lag] of lags) observe(lag, { subscriber, shard });
  });
}

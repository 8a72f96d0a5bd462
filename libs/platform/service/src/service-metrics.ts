import type { ProjectionStats } from '@clearway/platform-projection';
import type { CallObserver } from '@clearway/platform-rpc';
import type { ShardStats } from '@clearway/platform-shard';
import { metrics } from '@clearway/platform-telemetry';

const METER = 'clearway';

/** Counts the calls that a server answers and measures how long they take, by method and gRPC status code. */
export function callMetrics(): CallObserver {
  const durations = metrics.getMeter(METER).createHistogram('clearway_rpc_duration', {
    unit: 'ms',
    description: 'Time from a call to its answer, by method and gRPC status code',
  });
  return {
    ended: (method, statusCode, durationMs) => durations.record(durationMs, { method, status: statusCode }),
  };
}

/** Shows a shard's own counters, read only when somebody asks for the metrics. */
export function shardMetrics(shardId: string, statsOf: () => ShardStats | undefined): void {
  const meter = metrics.getMeter(METER);
  const show = (name: string, description: string, pick: (stats: ShardStats) => number): void => {
    meter.createObservableGauge(`clearway_shard_${name}`, { description }).addCallback((result) => {
      const stats = statsOf();
      if (stats) result.observe(pick(stats), { shard: shardId });
    });
  };
  show('commands', 'Commands decided since the start', (stats) => stats.commands);
  show('batches', 'Batches committed since the start', (stats) => stats.batches);
  show('events', 'Events committed since the start', (stats) => stats.events);
  show('overloads', 'Commands refused because the queue was full', (stats) => stats.overloads);
  show('queue_depth', 'Commands waiting now', (stats) => stats.queueDepth);
  show('batch_size_avg', 'Events a batch', (stats) => stats.batchSizeAvg);
  show('commit_ms_avg', 'Milliseconds a commit', (stats) => stats.commitMsAvg);
}

/** Shows how many events a read model is behind its journal, and how often it has failed in a row. */
export function readModelMetrics(name: string, statsOf: () => ProjectionStats): void {
  const meter = metrics.getMeter(METER);
  const show = (metric: string, description: string, pick: (stats: ProjectionStats) => number): void => {
    meter
      .createObservableGauge(`clearway_read_model_${metric}`, { description })
      .addCallback((result) => result.observe(pick(statsOf()), { read_model: name }));
  };
  show('lag_events', 'Events that the read model is behind its journal', (stats) => stats.lagEvents ?? 0);
  show('failures', 'Failures in a row, 0 when it is well', (stats) => stats.failures);
}

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

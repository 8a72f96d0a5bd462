import { metrics } from '@clearway/platform-telemetry';
import type { FollowerStats, SourceFollower } from './source-follower';

/** Shows how the sources are followed, read only when somebody asks for the metrics. */
export function followerMetrics(followers: readonly SourceFollower[]): void {
  const meter = metrics.getMeter('clearway');
  const show = (name: string, description: string, pick: (stats: FollowerStats) => number): void => {
    meter.createObservableGauge(`clearway_audit_source_${name}`, { description }).addCallback((result) => {
      for (const follower of followers) {
        const stats = follower.stats();
        result.observe(pick(stats), { source: stats.shard });
      }
    });
  };
  show('connected', '1 while batches come in, 0 after a failure', (stats) => (stats.isConnected ? 1 : 0));
  show('events', 'Events put into the tree since the start', (stats) => stats.events);
  show('failures', 'Subscriptions that ended since the start', (stats) => stats.failures);
}

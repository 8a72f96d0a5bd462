import { coverage, treeHead } from '@clearway/domain-audit';
import { metrics } from '@clearway/platform-telemetry';
import type { AuditCore } from '../audit-core';
import type { FollowerStats, SourceFollower } from './source-follower';

/** Shows how the sources are followed, read only when somebody asks for the metrics. */
export function followerMetrics(followers: readonly SourceFollower[]): void {
  const meter = metrics.getMeter('clearway');
  const connected = meter.createObservableGauge('clearway_audit_source_connected', {
    description: '1 while batches come in, 0 after a failure, by source',
  });
  const events = meter.createObservableCounter('clearway_audit_source_events_total', {
    description: 'Events put into the tree since the start, by source',
  });
  const failures = meter.createObservableCounter('clearway_audit_source_failures_total', {
    description: 'Subscriptions that ended since the start, by source',
  });
  const pick = new Map([
    [connected, ({ isConnected }: FollowerStats) => (isConnected ? 1 : 0)],
    [events, (stats: FollowerStats) => stats.events],
    [failures, (stats: FollowerStats) => stats.failures],
  ]);
  for (const [instrument, figureOf] of pick) {
    instrument.addCallback((result) => {
      for (const follower of followers) {
        const stats = follower.stats();
        result.observe(figureOf(stats), { source: stats.shard });
      }
    });
  }
}

/** Shows the tree: its size, what of it no checkpoint has signed yet, and where each source stands in it. */
export function treeMetrics(core: Pick<AuditCore, 'read'>): void {
  const meter = metrics.getMeter('clearway');
  const size = meter.createObservableGauge('clearway_audit_tree_leaves', {
    description: 'Leaves of the Merkle tree',
  });
  const unsigned = meter.createObservableGauge('clearway_audit_unsigned_leaves', {
    description: 'Leaves that no checkpoint covers yet',
  });
  const positions = meter.createObservableGauge('clearway_audit_source_next_event', {
    description: 'Number of the next event that the tree expects, by source',
  });
  meter.addBatchObservableCallback(
    async (result) => {
      const tree = await core.read((state) => ({
        leaves: treeHead(state).size,
        signed: state.lastCheckpoint?.size ?? 0,
        coverage: coverage(state),
      }));
      result.observe(size, tree.leaves);
      result.observe(unsigned, tree.leaves - tree.signed);
      for (const { sourceShard, nextEvent } of tree.coverage)
        result.observe(positions, nextEvent, { source: sourceShard });
    },
    [size, unsigned, positions],
  );
}

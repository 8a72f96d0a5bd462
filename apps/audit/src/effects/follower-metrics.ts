import { coverage, treeHead } from '@clearway/domain-audit';
import type { Figures, ShowFigure } from '@clearway/platform-telemetry';
import type { AuditCore } from '../audit-core';
import type { FollowerStats, SourceFollower } from './source-follower';

/** Shows how the sources are followed, read only when somebody asks for the metrics. */
export function followerMetrics(figures: Figures, followers: readonly SourceFollower[]): void {
  const rows =
    (pick: (stats: FollowerStats) => number): ShowFigure =>
    (observe) => {
      for (const follower of followers) {
        const stats = follower.stats();
        observe(pick(stats), { source: stats.shard });
      }
    };
  figures.gauge(
    'clearway_audit_source_connected',
    '1 while batches come in, 0 after a failure, by source',
    rows(({ isConnected }) => (isConnected ? 1 : 0)),
  );
  figures.counter(
    'clearway_audit_source_events_total',
    'Events put into the tree since the start, by source',
    rows(({ events }) => events),
  );
  figures.counter(
    'clearway_audit_source_failures_total',
    'Subscriptions that ended since the start, by source',
    rows(({ failures }) => failures),
  );
}

const TREE_FIGURES = {
  size: { name: 'clearway_audit_tree_leaves', description: 'Leaves of the Merkle tree' },
  unsigned: {
    name: 'clearway_audit_unsigned_leaves',
    description: 'Leaves that no checkpoint covers yet',
  },
  position: {
    name: 'clearway_audit_source_next_event',
    description: 'Number of the next event that the tree expects, by source',
  },
};

/** Shows the tree: its size, what of it no checkpoint has signed yet, and where each source stands in it. */
export function treeMetrics(core: Pick<AuditCore, 'read' | 'figures'>): void {
  core.figures.gauges(TREE_FIGURES, async (observe) => {
    const tree = await core.read((state) => ({
      leaves: treeHead(state).size,
      signed: state.lastCheckpoint?.size ?? 0,
      coverage: coverage(state),
    }));
    observe('size', tree.leaves);
    observe('unsigned', tree.leaves - tree.signed);
    for (const { sourceShard, nextEvent } of tree.coverage)
      observe('position', nextEvent, { source: sourceShard });
  });
}

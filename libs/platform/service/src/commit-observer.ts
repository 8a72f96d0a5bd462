import type { CommittedBatch } from '@clearway/platform-journal';
import type { BatchObserver } from '@clearway/platform-shard';
import { metrics, TracedHistogram, type Tracing } from '@clearway/platform-telemetry';

const BATCH_EVENTS_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];
const COMMIT_SECONDS_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** Most traces of one batch that get a span for its commit. */
const TRACES_MAX = 16;

/**
 * Measures commits, and shows in each sampled trace the commit that its command waited for. One commit serves many commands:
 * those that are traced have a span each, linked to the others.
 */
export function commitObserver(shardId: string, tracing: Tracing): BatchObserver {
  const meter = metrics.getMeter('clearway');
  const sizes = meter.createHistogram('clearway_shard_batch_events', {
    description: 'Events of one committed batch, by shard',
    advice: { explicitBucketBoundaries: BATCH_EVENTS_BUCKETS },
  });
  const durations = new TracedHistogram({
    name: 'clearway_shard_commit_duration_seconds',
    description: 'Time from sending a batch to the journal to its being durable, by shard',
    boundaries: COMMIT_SECONDS_BUCKETS,
  });
  const attributes = { shard: shardId };
  return {
    committed: (batch, commitMs) => {
      sizes.record(batch.eventCount, attributes);
      durations.record(commitMs / 1_000, attributes);
    },
    sent: (traceparents) => {
      const traced = sampledOf(tracing, traceparents);
      const [example] = traced;
      if (example === undefined) return undefined;
      const sentMs = performance.now();
      const endSpans = commitSpans(tracing, shardId, traced);
      return (batch) => {
        durations.note((performance.now() - sentMs) / 1_000, attributes, example);
        endSpans(batch);
      };
    },
  };
}

function sampledOf(tracing: Tracing, traceparents: readonly string[]): readonly string[] {
  return [...new Set(traceparents)].filter((each) => tracing.follows(each)).slice(0, TRACES_MAX);
}

function commitSpans(
  tracing: Tracing,
  shardId: string,
  traced: readonly string[],
): (batch: CommittedBatch) => void {
  const spans = traced.map((parent) =>
    tracing.start({
      name: 'journal commit',
      kind: 'internal',
      parent,
      attributes: { 'clearway.shard': shardId },
      links: traced.filter((each) => each !== parent),
    }),
  );
  return ({ sequence, eventCount, payload }) => {
    for (const span of spans) {
      span.set({
        'clearway.batch.sequence': sequence,
        'clearway.batch.events': eventCount,
        'clearway.batch.bytes': payload.length,
      });
      span.end();
    }
  };
}

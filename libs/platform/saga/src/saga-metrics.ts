import type { SagaCall, Sagas } from '@clearway/domain-saga';
import { type Figures, type Histogram, metrics } from '@clearway/platform-telemetry';
import type { OutboxStats } from './outbox';

/** From a call within the machine to one that waits for a participant's restart. */
const CALL_SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];

/** The host's shard, where it is known: a process may host several. */
export type Attributes = Readonly<Record<string, string>>;

/** What the metrics are read from, when somebody asks for them. */
export interface SagaSources {
  stats(): Readonly<Record<string, OutboxStats>>;
  read<T>(view: (sagas: Sagas) => T): Promise<T>;
}

interface KindCounts {
  started: number;
  completed: number;
  compensated: number;
}

/** Counts sagas by kind as they start and end, cheaply: this sees every saga of a host. */
export class SagaCounters {
  readonly byKind = new Map<string, KindCounts>();
  private startedBelow = 0;

  /** Sagas that were started before, by a process before this one, are not counted. */
  startAt(nextNumber: number): void {
    this.startedBelow = nextNumber;
  }

  /** The first request of a saga is its start; every kind asks for something. Numbers only grow. */
  asked({ sagaNumber, sagaKind }: SagaCall<unknown>): void {
    if (sagaNumber < this.startedBelow) return;
    this.startedBelow = sagaNumber + 1;
    this.of(sagaKind).started += 1;
  }

  ended(kind: string, end: 'completed' | 'compensated'): void {
    this.of(kind)[end] += 1;
  }

  private of(kind: string): KindCounts {
    let counts = this.byKind.get(kind);
    if (!counts) {
      counts = { started: 0, completed: 0, compensated: 0 };
      this.byKind.set(kind, counts);
    }
    return counts;
  }
}

/** Tells how long calls to participants take; once a call, which carries the steps of many sagas. */
export class CallDurations {
  private readonly histogram: Histogram = metrics
    .getMeter('clearway')
    .createHistogram('clearway_saga_call_duration_seconds', {
      description: 'Time from sending a batch of steps to its answers, by participant and outcome',
      advice: { explicitBucketBoundaries: CALL_SECONDS_BUCKETS },
    });
  private readonly steps = new Map<string, number>();

  constructor(
    figures: Figures,
    private readonly labels: Attributes = {},
  ) {
    figures.counter('clearway_saga_steps_total', 'Steps sent, by participant', (observe) => {
      for (const [participant, count] of this.steps) observe(count, { ...this.labels, participant });
    });
  }

  record(participant: string, steps: number, durationMs: number, isAnswered: boolean): void {
    this.steps.set(participant, (this.steps.get(participant) ?? 0) + steps);
    const outcome = isAnswered ? 'answered' : 'failed';
    this.histogram.record(durationMs / 1_000, { ...this.labels, participant, outcome });
  }
}

/** Shows a host's sagas and outboxes. Live sagas are counted from durable state, only when somebody asks. */
export function sagaMetrics(
  figures: Figures,
  counters: SagaCounters,
  sources: SagaSources,
  labels: Attributes = {},
): void {
  const started = 'Sagas started since the process began, by kind';
  figures.counter('clearway_saga_started_total', started, (observe) => {
    for (const [kind, counts] of counters.byKind) observe(counts.started, { ...labels, kind });
  });
  const ended = 'Sagas ended since the process began, by kind and outcome';
  figures.counter('clearway_saga_ended_total', ended, (observe) => {
    for (const [kind, counts] of counters.byKind) {
      observe(counts.completed, { ...labels, kind, outcome: 'completed' });
      observe(counts.compensated, { ...labels, kind, outcome: 'compensated' });
    }
  });
  const described = {
    live: { name: 'clearway_saga_live_sagas', description: 'Live sagas, by kind' },
    parked: {
      name: 'clearway_saga_parked_sagas',
      description: 'Live sagas that wait for an operator, by kind',
    },
  };
  figures.gauges(described, async (observe) => {
    for (const [kind, counts] of await sources.read(countLive)) {
      observe('live', counts.live, { ...labels, kind });
      observe('parked', counts.parked, { ...labels, kind });
    }
  });
  outboxMetrics(figures, sources, labels);
}

/** No kind at all is shown as a zero without a kind, so that an alert has something to look at. */
function countLive(sagas: Sagas): Map<string, { live: number; parked: number }> {
  const byKind = new Map<string, { live: number; parked: number }>();
  for (const saga of sagas.values()) {
    const counts = byKind.get(saga.kind) ?? { live: 0, parked: 0 };
    counts.live += 1;
    if (saga.steps.some((step) => step.parked)) counts.parked += 1;
    byKind.set(saga.kind, counts);
  }
  return byKind.size === 0 ? new Map([['', { live: 0, parked: 0 }]]) : byKind;
}

function outboxMetrics(figures: Figures, sources: SagaSources, labels: Attributes): void {
  const show = (name: string, description: string, pick: (stats: OutboxStats) => number): void =>
    figures.gauge(`clearway_saga_outbox_${name}`, description, (observe) => {
      for (const [participant, stats] of Object.entries(sources.stats()))
        observe(pick(stats), { ...labels, participant });
    });
  show('waiting_steps', 'Steps that wait to be sent, by participant', (stats) => stats.waiting);
  show('inflight_steps', 'Steps sent and not answered, by participant', (stats) => stats.inFlight);
  show('unreachable_seconds', 'How long the participant has not answered, 0 when it does', (stats) =>
    Math.max(0, stats.unreachableMs / 1_000),
  );
}

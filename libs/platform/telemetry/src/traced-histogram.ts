import { type Histogram, metrics } from '@opentelemetry/api';
import { Exemplars } from './exemplars';
import { parseTraceparent } from './traceparent';

/** What a histogram is made of. */
export interface TracedHistogramOptions {
  /** Name as Prometheus shows it, ending with its unit. */
  readonly name: string;
  readonly description: string;
  /** Upper bounds of the buckets, rising. */
  readonly boundaries: readonly number[];
}

type Labels = Readonly<Record<string, string>>;

/**
 * A histogram that remembers for each bucket the newest measurement whose command was traced: a link from a figure to what
 * made it. OpenTelemetry's exporter for Prometheus knows no exemplars. What is not traced costs what it cost before.
 */
export class TracedHistogram {
  private readonly histogram: Histogram;
  private readonly exemplars: Exemplars;

  constructor({ name, description, boundaries }: TracedHistogramOptions) {
    const advice = { explicitBucketBoundaries: [...boundaries] };
    this.histogram = metrics.getMeter('clearway').createHistogram(name, { description, advice });
    this.exemplars = Exemplars.ensure(name, boundaries);
  }

  /** Counts a measurement in; with the traceparent of a sampled command it becomes its bucket's example. */
  record(value: number, labels: Labels, traceparent?: string): void {
    this.histogram.record(value, labels);
    if (traceparent !== undefined) this.note(value, labels, traceparent);
  }

  /** Remembers an example of a measurement that is counted apart from it. */
  note(value: number, labels: Labels, traceparent: string): void {
    const traceId = parseTraceparent(traceparent)?.traceId;
    if (traceId === undefined) return;
    this.exemplars.put(Object.entries(labels), { traceId, value, atMs: Date.now() });
  }
}

/** One measurement that was traced, as an example of its bucket. */
export interface Exemplar {
  readonly traceId: string;
  readonly value: number;
  readonly atMs: number;
}

/** Labels of a series as pairs, without `le`. */
export type LabelPairs = readonly (readonly [name: string, value: string])[];

/** Label sets of one histogram that may have exemplars; beyond them the oldest go. */
const LABEL_SETS_MAX = 200;

const byHistogram = new Map<string, Exemplars>();

/** The newest traced measurement of each bucket of one histogram, whoever in the process records it. */
export class Exemplars {
  private readonly byLabels = new Map<string, (Exemplar | undefined)[]>();

  private constructor(private readonly boundaries: readonly number[]) {}

  /** Those of the histogram of that name, made at the first time. */
  static ensure(name: string, boundaries: readonly number[]): Exemplars {
    const made = byHistogram.get(name) ?? new Exemplars(boundaries);
    byHistogram.set(name, made);
    return made;
  }

  /** Those of the histogram of that name, if it keeps any. */
  static of(name: string): Exemplars | undefined {
    return byHistogram.get(name);
  }

  /** Takes the place of the example that the measurement's bucket had. */
  put(labels: LabelPairs, exemplar: Exemplar): void {
    const key = keyOf(labels);
    const buckets = this.byLabels.get(key) ?? [];
    if (buckets.length === 0 && this.byLabels.size >= LABEL_SETS_MAX) this.forgetOldest();
    buckets[this.bucketOf(exemplar.value)] = exemplar;
    this.byLabels.set(key, buckets);
  }

  /** The example of the bucket with that upper bound, which is infinite for the last. */
  find(labels: LabelPairs, upperBound: number): Exemplar | undefined {
    return this.byLabels.get(keyOf(labels))?.[this.bucketOf(upperBound)];
  }

  /** Number of the first bucket whose bound is not below the value; the last has none. */
  private bucketOf(value: number): number {
    const found = this.boundaries.findIndex((bound) => value <= bound);
    return found === -1 ? this.boundaries.length : found;
  }

  private forgetOldest(): void {
    const [oldest] = this.byLabels.keys();
    if (oldest !== undefined) this.byLabels.delete(oldest);
  }
}

function keyOf(labels: LabelPairs): string {
  return labels
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join();
}

import type { Tracing } from '@clearway/platform-telemetry';

/** Traces that are remembered at once; what is sampled beyond it is traced no further. */
const OPEN_MAX = 10_000;

/**
 * Which trace the sagas about a subject (an order, a trade, a transfer) belong to, while they live. It is in memory only: a
 * restart ends the traces that are open, and nothing but their spans is lost.
 */
export class OpenTraces {
  private readonly bySubject = new Map<number, string>();

  constructor(private readonly tracing: Tracing) {}

  get size(): number {
    return this.bySubject.size;
  }

  /** Remembers the trace, if it is recorded and there is room. */
  begin(subject: number, traceparent: string): void {
    if (traceparent === '' || !this.tracing.follows(traceparent)) return;
    if (this.bySubject.size < OPEN_MAX || this.bySubject.has(subject))
      this.bySubject.set(subject, traceparent);
  }

  /** Traceparent of the subject's trace; undefined for nearly all. */
  of(subject: number): string | undefined {
    return this.bySubject.size === 0 ? undefined : this.bySubject.get(subject);
  }

  end(subject: number): void {
    if (this.bySubject.size > 0) this.bySubject.delete(subject);
  }
}

/** A call that is traced. */
export interface CallSpan {
  /** Stands for the call in journals and in calls that follow from it. */
  readonly traceparent: string;
  /** Adds what is learnt while the call is served. */
  set(attributes: Readonly<Record<string, string | number | boolean>>): void;
  /** Runs the handler inside the span, so that its log lines carry the span's ids. */
  run<T>(work: () => T): T;
}

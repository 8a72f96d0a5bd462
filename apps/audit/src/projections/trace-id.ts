const TRACEPARENT_PATTERN = /^[0-9a-f]{2}-([0-9a-f]{32})-/;

/** The trace of a W3C traceparent; empty when it names none. */
export function traceIdOf(traceparent: string): string {
  return TRACEPARENT_PATTERN.exec(traceparent)?.[1] ?? '';
}

import {
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type SpanContext,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';

/** Writes a span's identity as a W3C `traceparent`, or undefined if it has none. */
export function formatTraceparent(span: SpanContext | undefined): string | undefined {
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}

/** Reads a W3C `traceparent` that came in one of our own messages; undefined for anything that is not one. */
export function parseTraceparent(traceparent: string | undefined): SpanContext | undefined {
  const parsed = traceparent === undefined ? null : parseTraceParent(traceparent);
  return parsed === null || !isSpanContextValid(parsed) ? undefined : { ...parsed, isRemote: true };
}

/** The `traceparent` of the active span, to be put into a message, a journal batch or an audit entry. */
export function currentTraceparent(): string | undefined {
  return formatTraceparent(trace.getSpanContext(context.active()));
}

/** A context whose parent is the given span; an unreadable text gives the root context, so a new trace begins. */
export function contextFromTraceparent(traceparent: string | undefined): Context {
  const span = parseTraceparent(traceparent);
  return span === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, span);
}

/** Runs work, with all that it awaits, as part of the trace that a message carried. */
export function runWithTraceparent<T>(traceparent: string | undefined, work: () => T): T {
  return context.with(contextFromTraceparent(traceparent), work);
}

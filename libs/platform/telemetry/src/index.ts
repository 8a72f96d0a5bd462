export {
  type Attributes,
  type Context,
  context,
  type Histogram,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
export type { Logger } from 'pino';
export * from './figures';
export * from './logger';
export * from './start-telemetry';
export { TracedHistogram, type TracedHistogramOptions } from './traced-histogram';
export * from './traceparent';
export { NO_TRACING, OpenSpan, outsideTrace, type SpanStart, Tracing, type TracingOptions } from './tracing';

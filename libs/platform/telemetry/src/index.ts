export {
  type Context,
  context,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
export type { Logger } from 'pino';
export * from './logger';
export * from './start-telemetry';
export * from './traceparent';

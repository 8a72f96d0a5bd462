import { context, isSpanContextValid, trace } from '@opentelemetry/api';
import { type DestinationStream, type Level, type Logger, pino } from 'pino';

/** What a service's logger needs to know. */
export interface LoggerOptions {
  /** The value of the field `service` on each line: `trading`, `risk` … */
  readonly service: string;
  /** Lines below it are dropped; default `info`. */
  readonly level?: Level | 'silent';
  /** Where lines go; default: standard output, written at once, so that a crash loses none. */
  readonly destination?: DestinationStream;
}

/** Keys whose values never reach a log, on a logged object itself and up to two levels below. */
export const REDACTED_KEYS: readonly string[] = [
  'password',
  'passphrase',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
  'apiKey',
  'authorization',
  'cookie',
  'privateKey',
  'privateKeyPem',
  'connectionString',
  'postgresUrl',
  'ownerUrl',
  'appUrl',
  'CLEARWAY_POSTGRES_URL',
  'CLEARWAY_POSTGRES_OWNER_URL',
  'cardNumber',
  'pan',
  'cvv',
  'iban',
];

const REDACTED_DEPTHS = ['', '*.', '*.*.'];
const REDACTED_TEXT = '[redacted]';

/**
 * Creates a service's logger: one JSON object a line with `time` (ISO 8601), `level` (a word), `service`, `msg`, and
 * `trace_id` and `span_id` while a span is active. Redaction works by key, so a secret inside a message text would pass:
 * log fields, not sentences with values in them. Nothing is coloured here; the development stack prefixes the lines.
 */
export function createLogger({ service, level = 'info', destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: pino.stdSerializers.errWithCause, error: pino.stdSerializers.errWithCause },
    redact: { paths: redactedPaths(), censor: REDACTED_TEXT },
    mixin: activeSpanFields,
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

function redactedPaths(): string[] {
  return REDACTED_DEPTHS.flatMap((depth) => REDACTED_KEYS.map((key) => `${depth}${key}`));
}

/** A fresh object each time, because pino merges the line's fields into it. */
function activeSpanFields(): Record<string, string> {
  const span = trace.getSpanContext(context.active());
  return span !== undefined && isSpanContextValid(span)
    ? { trace_id: span.traceId, span_id: span.spanId }
    : {};
}

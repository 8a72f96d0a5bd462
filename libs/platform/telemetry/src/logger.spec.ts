import { trace } from '@opentelemetry/api';
import { createLogger } from './logger';
import { startTelemetry, type Telemetry } from './start-telemetry';
import { runWithTraceparent } from './traceparent';

let lines: Record<string, unknown>[];
const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
let telemetry: Telemetry;

beforeEach(async () => {
  lines = [];
  telemetry = await startTelemetry({ service: 'spec', samplingRatio: 0 });
});
afterEach(() => telemetry.shutdown());

test('a line is one JSON object with time, level and service', () => {
  createLogger({ service: 'risk', destination }).info({ shard: 3 }, 'started');
  expect(lines).toEqual([
    { level: 'info', time: expect.any(String), service: 'risk', shard: 3, msg: 'started' },
  ]);
  const { time } = lines[0] as { time: string };
  expect(new Date(time).toISOString()).toBe(time);
});

test('a line inside a span carries its ids, sampled or not, also after an await', async () => {
  const logger = createLogger({ service: 'risk', destination });
  await trace.getTracer('spec').startActiveSpan('outer', async (span) => {
    await new Promise((resolve) => setImmediate(resolve));
    logger.info('inside');
    const { traceId, spanId } = span.spanContext();
    expect(lines).toMatchObject([{ trace_id: traceId, span_id: spanId }]);
    span.end();
  });
  logger.info('outside');
  expect(lines[1]).not.toHaveProperty('trace_id');
});

test('a line inside carried work belongs to the trace that the message carried', () => {
  const logger = createLogger({ service: 'risk', destination });
  runWithTraceparent(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, () => logger.info('x'));
  expect(lines).toMatchObject([{ trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) }]);
});

test('secrets are redacted on three levels', () => {
  const secret = { password: 's3cret', keep: 1 };
  createLogger({ service: 'risk', destination }).info({
    ...secret,
    a: secret,
    b: { c: secret },
    headers: { authorization: 's3cret' },
  });
  expect(JSON.stringify(lines)).not.toContain('s3cret');
  expect(lines[0]).toMatchObject({ password: '[redacted]', keep: 1, a: { keep: 1 }, b: { c: { keep: 1 } } });
});

test('the level drops what is below it, and errors keep their cause', () => {
  const logger = createLogger({ service: 'risk', level: 'warn', destination });
  logger.info('dropped');
  logger.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'kept');
  expect(lines).toMatchObject([{ level: 'error', err: { message: 'outer', cause: { message: 'inner' } } }]);
});

import { trace } from '@opentelemetry/api';
import { startTelemetry } from './start-telemetry';
import {
  contextFromTraceparent,
  currentTraceparent,
  formatTraceparent,
  parseTraceparent,
  runWithTraceparent,
} from './traceparent';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const sampled = `00-${TRACE}-${SPAN}-01`;

test('a traceparent survives reading and writing', () => {
  for (const text of [sampled, `00-${TRACE}-${SPAN}-00`])
    expect(formatTraceparent(parseTraceparent(text))).toBe(text);
  expect(parseTraceparent(sampled)).toMatchObject({
    traceId: TRACE,
    spanId: SPAN,
    traceFlags: 1,
    isRemote: true,
  });
});

test.each([
  undefined,
  '',
  'x',
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-extra`,
])('%j is none', (text) => {
  expect(parseTraceparent(text)).toBeUndefined();
  expect(trace.getSpanContext(contextFromTraceparent(text))).toBeUndefined();
});

test('without telemetry there is no current traceparent, and work still runs', () => {
  expect(currentTraceparent()).toBeUndefined();
  expect(runWithTraceparent(sampled, () => 7)).toBe(7);
});

test('carried work passes the caller’s decision on and keeps the trace', async () => {
  const telemetry = await startTelemetry({ service: 'spec', samplingRatio: 0 });
  await runWithTraceparent(sampled, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    expect(currentTraceparent()).toBe(sampled);
    trace.getTracer('spec').startActiveSpan('child', (span) => {
      expect(currentTraceparent()).toMatch(new RegExp(`^00-${TRACE}-(?!${SPAN})[0-9a-f]{16}-01$`));
      span.end();
    });
  });
  await telemetry.shutdown();
});

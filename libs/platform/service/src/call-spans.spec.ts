import type { CallContext } from '@clearway/platform-rpc';
import { Tracing } from '@clearway/platform-telemetry';
import { callSpans } from './call-spans';

const SAMPLED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const UNSAMPLED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;
const call = {
  method: '/clearway.trading.v1.TradingService/PlaceOrder',
  address: '127.0.0.1:5000',
  caller: { kind: 'participant', name: 'alice' },
} as unknown as CallContext;

const begun = (samplingRatio: number, traceparent: string, isRecording = true) =>
  callSpans(new Tracing({ isRecording, samplingRatio }), { host: 'localhost', port: 1 }).begin(
    call,
    traceparent,
  );

it.each([
  ['the caller has sampled it', 0, SAMPLED, true],
  ['the caller has decided not to', 1, UNSAMPLED, false],
  ['nobody has decided and all are sampled', 1, '', true],
  ['nobody has decided and none is sampled', 0, '', false],
])('when %s', (_, samplingRatio, traceparent, expected) => {
  expect(begun(samplingRatio, traceparent) !== undefined).toBe(expected);
});

it('makes no span where there is no collector', () => {
  expect(begun(1, SAMPLED, false)).toBeUndefined();
});

it('lets callers have so many traces a second and no more', () => {
  const spans = callSpans(new Tracing({ isRecording: true, samplingRatio: 0 }), {
    host: 'localhost',
    port: 1,
  });
  jest.spyOn(performance, 'now').mockReturnValue(5_000);
  const traced = () => Array.from({ length: 150 }, () => spans.begin(call, SAMPLED)).filter(Boolean).length;
  expect(traced()).toBe(100);
  jest.spyOn(performance, 'now').mockReturnValue(6_000);
  expect(traced()).toBe(100);
  jest.restoreAllMocks();
});

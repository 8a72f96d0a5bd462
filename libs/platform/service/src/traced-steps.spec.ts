import type { CallContext } from '@clearway/platform-rpc';
import { NO_TRACING, startTelemetry, type Telemetry, Tracing } from '@clearway/platform-telemetry';
import { inTraces } from './traced-steps';

const SAMPLED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const call = { traceparent: '', method: '/clearway.risk.v1.RiskStepService/ExecuteSteps' } as CallContext;
const step = (sagaNumber: number, traceparent = '') => ({
  sagaNumber,
  step: 1,
  action: { $case: 'reserve' },
  traceparent,
});

let telemetry: Telemetry;
let submitted: [number, number, string][];
const tracing = new Tracing({ isRecording: true, samplingRatio: 0 });

beforeAll(async () => {
  telemetry = await startTelemetry({ service: 'spec', samplingRatio: 0 });
});
afterAll(() => telemetry.shutdown());
beforeEach(() => {
  submitted = [];
});

const submit = async (from: number, to: number, traceparent: string) => {
  submitted.push([from, to, traceparent]);
  return Array.from({ length: to - from }, (_, index) => ({ status: 'succeeded', place: from + index }));
};

it('submits a call without traced steps as one', async () => {
  const answers = await inTraces(tracing, call, [step(1), step(2)], 'trading/0', submit);
  expect(answers).toHaveLength(2);
  expect(submitted).toEqual([[0, 2, '']]);
});

it('submits as one where there is no collector', async () => {
  await inTraces(NO_TRACING, call, [step(1), step(2, SAMPLED)], 'trading/0', submit);
  expect(submitted).toEqual([[0, 2, '']]);
});

it('submits a traced step by itself in its own trace, with every step in its order', async () => {
  const steps = [step(1), step(2), step(3, SAMPLED), step(4), step(5, SAMPLED)];
  const answers = await inTraces(tracing, call, steps, 'trading/0', submit);
  expect(answers.map(({ place }) => place)).toEqual([0, 1, 2, 3, 4]);
  const inTrace = expect.stringMatching(new RegExp(`^00-${'a'.repeat(32)}-(?!b{16})[0-9a-f]{16}-01$`));
  expect(submitted).toEqual([
    [0, 2, ''],
    [2, 3, inTrace],
    [3, 4, ''],
    [4, 5, inTrace],
  ]);
});

it('passes a failure on', async () => {
  const failing = () => Promise.reject(new Error('not taken'));
  await expect(inTraces(tracing, call, [step(1, SAMPLED)], 'trading/0', failing)).rejects.toThrow(
    'not taken',
  );
});

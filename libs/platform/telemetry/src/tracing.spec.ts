import { startTelemetry, type Telemetry } from './start-telemetry';
import { parseTraceparent } from './traceparent';
import { NO_TRACING, Tracing } from './tracing';

const SAMPLED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const UNSAMPLED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;

describe('deciding', () => {
  it.each([
    [SAMPLED, true],
    [SAMPLED.replace(/01$/, '03'), true],
    [SAMPLED.replace(/01$/, 'ff'), true],
    [UNSAMPLED, false],
    [UNSAMPLED.replace(/00$/, '02'), false],
    ['', false],
    ['01', false],
    [`${SAMPLED}-more`, false],
  ])('%s is followed: %s', (traceparent, expected) => {
    expect(new Tracing({ isRecording: true, samplingRatio: 0 }).follows(traceparent)).toBe(expected);
  });

  it('follows and begins nothing where there is no collector', () => {
    const tracing = new Tracing({ isRecording: false, samplingRatio: 1 });
    expect([tracing.follows(SAMPLED), tracing.beginsTrace(), NO_TRACING.beginsTrace()]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('begins the configured share of traces', () => {
    const begun = (samplingRatio: number) => {
      const tracing = new Tracing({ isRecording: true, samplingRatio });
      let count = 0;
      for (let index = 0; index < 10_000; index += 1) count += tracing.beginsTrace() ? 1 : 0;
      return count;
    };
    expect([begun(0), begun(1)]).toEqual([0, 10_000]);
    expect(begun(0.1)).toBeGreaterThan(800);
    expect(begun(0.1)).toBeLessThan(1_200);
  });
});

describe('spans', () => {
  let telemetry: Telemetry;
  const tracing = new Tracing({ isRecording: true, samplingRatio: 0 });

  beforeAll(async () => {
    telemetry = await startTelemetry({ service: 'spec', samplingRatio: 0 });
  });
  afterAll(() => telemetry.shutdown());

  it('are recorded once that is decided, whatever the ratio says', () => {
    const root = tracing.start({ name: 'PlaceOrder', kind: 'server', parent: '' });
    expect(tracing.follows(root.traceparent)).toBe(true);
    const child = tracing.start({ name: 'risk/Reserve', kind: 'client', parent: root.traceparent });
    expect(parseTraceparent(child.traceparent)?.traceId).toBe(parseTraceparent(root.traceparent)?.traceId);
    expect(child.traceparent).not.toBe(root.traceparent);
    child.end();
    root.end('INTERNAL');
  });

  it('continue the trace that they are given', () => {
    const span = tracing.start({ name: 'PlaceOrder', kind: 'server', parent: SAMPLED, links: ['nonsense'] });
    expect(parseTraceparent(span.traceparent)?.traceId).toBe('a'.repeat(32));
    span.end();
  });
});

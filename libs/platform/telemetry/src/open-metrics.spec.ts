import { toOpenMetrics } from './open-metrics';
import { TracedHistogram } from './traced-histogram';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const SCOPE = 'otel_scope_name="clearway"';

const histogram = (name: string): TracedHistogram =>
  new TracedHistogram({ name, description: 'd', boundaries: [0.1, 1] });

const bucketsOf = (name: string, labels: string): string =>
  ['0.1', '1', '+Inf'].map((le) => `${name}_bucket{${labels},${SCOPE},le="${le}"} 3`).join('\n');

test('names counters without their ending and says where the text ends', () => {
  const text = '# HELP a_total Things\n# TYPE a_total counter\na_total 3\n# TYPE b untyped\nb 1\n';
  expect(toOpenMetrics(text)).toBe(
    '# HELP a Things\n# TYPE a counter\na_total 3\n# TYPE b unknown\nb 1\n# EOF\n',
  );
});

test('shows in the bucket of a traced measurement the trace, and in no other', () => {
  const calls = histogram('calls_seconds');
  calls.record(0.5, { method: 'a' }, TRACEPARENT);
  calls.record(0.5, { method: 'b' });
  const [low, middle, high] = toOpenMetrics(bucketsOf('calls_seconds', 'method="a"')).split('\n');
  expect(middle).toMatch(
    new RegExp(`^calls_seconds_bucket\\{.*\\} 3 # \\{trace_id="${TRACE_ID}"\\} 0\\.5 \\d{10}\\.?\\d*$`),
  );
  expect([low, high].join('\n')).not.toContain('#');
  expect(toOpenMetrics(bucketsOf('calls_seconds', 'method="b"'))).not.toContain('trace_id');
});

test('keeps the newest, whichever recorder of the same name it came from', () => {
  const older = histogram('commits_seconds');
  const newer = histogram('commits_seconds');
  older.note(5, { shard: 'a/0' }, TRACEPARENT);
  newer.note(7, { shard: 'a/1' }, TRACEPARENT);
  older.note(6, { shard: 'a/0' }, TRACEPARENT);
  expect(toOpenMetrics(bucketsOf('commits_seconds', 'shard="a/0"'))).toMatch(/le="\+Inf"\} 3 # \{.*\} 6 /);
  expect(toOpenMetrics(bucketsOf('commits_seconds', 'shard="a/1"'))).toMatch(/le="\+Inf"\} 3 # \{.*\} 7 /);
});

test('remembers a bounded number of label sets, and no trace that is none', () => {
  const many = histogram('many_seconds');
  for (let index = 0; index <= 200; index += 1) many.note(0.5, { method: `m${index}` }, TRACEPARENT);
  many.note(0.5, { method: 'bad' }, 'nonsense');
  expect(toOpenMetrics(bucketsOf('many_seconds', 'method="m0"'))).not.toContain('trace_id');
  expect(toOpenMetrics(bucketsOf('many_seconds', 'method="m200"'))).toContain('trace_id');
  expect(toOpenMetrics(bucketsOf('many_seconds', 'method="bad"'))).not.toContain('trace_id');
});

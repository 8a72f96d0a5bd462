import { Exemplars } from './exemplars';

/** The content type under which Prometheus asks for exemplars. */
export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

const BUCKET = /^(\w+)_bucket\{(.*)\} (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;
const COUNTER_HEAD = /^# (HELP|TYPE|UNIT) (\w+)_total /;
/** Labels that the exporter adds to every series. */
const SCOPE_LABEL = /^otel_scope_/;

/**
 * Rewrites the exporter's text into OpenMetrics, which differs in how it names counters and in how it ends, and can say of a
 * bucket which trace is an example of it.
 */
export function toOpenMetrics(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '' && line !== '# no registered metrics');
  return `${lines.map(rewritten).join('\n')}\n# EOF\n`;
}

function rewritten(line: string): string {
  if (line.startsWith('#')) return line.replace(COUNTER_HEAD, '# $1 $2 ').replace(/ untyped$/, ' unknown');
  const [, name = '', labels = ''] = BUCKET.exec(line) ?? [];
  const exemplars = Exemplars.of(name);
  if (exemplars === undefined) return line;
  const pairs = [...labels.matchAll(LABEL)].map(([, key = '', value = '']) => [key, value] as const);
  const own = pairs.filter(([key]) => key !== 'le' && !SCOPE_LABEL.test(key));
  const [, bound = ''] = pairs.find(([key]) => key === 'le') ?? [];
  const upperBound = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
  const exemplar = exemplars.find(own, upperBound);
  if (exemplar === undefined) return line;
  return `${line} # {trace_id="${exemplar.traceId}"} ${exemplar.value} ${exemplar.atMs / 1_000}`;
}

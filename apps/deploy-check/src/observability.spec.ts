import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKOUT_DIR } from './checkout';
import {
  documentedMetrics,
  expressionsOf,
  groupedBy,
  readDashboards,
  readRules,
  readRuleTests,
  ruleFiles,
  seriesOf,
  testFiles,
} from './observability';
import { findPromtool, runPromtool } from './promtool';

/** Labels that Prometheus puts on everything it scrapes from us, and `le` of every histogram. */
const SCRAPE_LABELS = ['job', 'instance', 'service'];
const RULES = readRules();
const ALERTS = RULES.filter(({ alert }) => alert !== undefined);
const RECORDED = new Set(RULES.flatMap(({ record }) => (record === undefined ? [] : [record])));
const DASHBOARDS = readDashboards();
const METRICS = documentedMetrics();

/** What is wrong with an expression: series and labels that nothing exports. */
function unknownIn(expression: string): string[] {
  const known = seriesOf(expression).flatMap(({ metric, labels }) => {
    if (metric === 'up') return [];
    if (metric.includes(':')) return RECORDED.has(metric) ? [] : [metric];
    const [, base = metric, suffix] = /^(\w+?)_(bucket|sum|count)$/.exec(metric) ?? [];
    const documented = METRICS.get(suffix === undefined ? metric : base);
    if (documented === undefined || (suffix !== undefined) !== (documented.type === 'histogram'))
      return [metric];
    const allowed = [...SCRAPE_LABELS, ...documented.labels, ...(suffix === 'bucket' ? ['le'] : [])];
    return [...labels, ...groupedBy(expression)]
      .filter((label) => !allowed.includes(label))
      .map((label) => `${metric}{${label}}`);
  });
  return known;
}

describe('alerts and dashboards', () => {
  it('see what is not there', () => {
    expect(unknownIn('rate(clearway_shard_orders_total[5m])')).toEqual(['clearway_shard_orders_total']);
    expect(unknownIn('clearway_shard_commands_total{kind="x"}')).toEqual([
      'clearway_shard_commands_total{kind}',
    ]);
    expect(unknownIn('sum by (le, instrument) (clearway_shard_batch_events_bucket)')).toEqual([
      'clearway_shard_batch_events_bucket{instrument}',
    ]);
    expect(unknownIn('clearway_shard_batch_events')).toEqual(['clearway_shard_batch_events']);
    expect(unknownIn('clearway:nobody:ratio')).toEqual(['clearway:nobody:ratio']);
  });

  it.each(RULES.map(({ alert, record, expr }) => [alert ?? record ?? '', expr]))(
    '%s is made of what the services export',
    (_, expr) => {
      expect(seriesOf(expr).length + (expr === 'vector(1)' ? 1 : 0)).toBeGreaterThan(0);
      expect(unknownIn(expr)).toEqual([]);
    },
  );

  it.each(DASHBOARDS.map((dashboard) => [dashboard.title, dashboard] as const))(
    'the dashboard "%s" is made of what the services export',
    (_, dashboard) => {
      expect(expressionsOf(dashboard).length).toBeGreaterThan(5);
      expect(expressionsOf(dashboard).flatMap(unknownIn)).toEqual([]);
      expect(
        dashboard.panels.filter(({ type, targets = [] }) => type !== 'row' && targets.length === 0),
      ).toEqual([]);
      expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    },
  );

  it('show every metric that the services export', () => {
    const shown = new Set(
      [...DASHBOARDS.flatMap(expressionsOf), ...RULES.map(({ expr }) => expr)]
        .flatMap(seriesOf)
        .map(({ metric }) => metric.replace(/_(bucket|sum|count)$/, '')),
    );
    const unseen = [...METRICS.keys()].filter((name) => !shown.has(name));
    expect(unseen).toEqual(NOT_SHOWN);
  });

  it.each(ALERTS.map(({ alert, labels, annotations }) => [alert ?? '', labels, annotations] as const))(
    '%s says how bad it is, what has happened and what to do',
    (alert, labels, annotations) => {
      expect(['page', 'ticket', 'none']).toContain(labels?.severity);
      expect(annotations?.summary).toBeTruthy();
      const [, anchor] = /^docs\/OPERATIONS\.md#(\w+)$/.exec(annotations?.runbook ?? '') ?? [];
      expect(alert.toLowerCase()).toMatch(new RegExp(`^${anchor}`));
      expect(RUNBOOKS).toContain(anchor);
    },
  );

  it('have no runbook for an alert that is gone', () => {
    const named = new Set(ALERTS.map(({ annotations }) => annotations?.runbook?.split('#')[1]));
    expect(RUNBOOKS.filter((anchor) => !named.has(anchor))).toEqual([]);
  });

  it.each(ALERTS.map(({ alert }) => alert ?? ''))('%s is tested to fire and to be silent', (alert) => {
    const tests = readRuleTests()
      .flatMap((test) => test.alert_rule_test)
      .filter(({ alertname }) => alertname === alert);
    expect(tests.some(({ exp_alerts }) => exp_alerts.length > 0)).toBe(true);
    if (alert !== 'ClearwayWatchdog')
      expect(tests.some(({ exp_alerts }) => exp_alerts.length === 0)).toBe(true);
  });
});

/** Counters of what has its own picture in another form: sagas that ended, sources by their events. */
const NOT_SHOWN = [
  'clearway_saga_started_total',
  'clearway_saga_steps_total',
  'clearway_audit_source_failures_total',
  'clearway_audit_source_next_event',
];
const RUNBOOKS = [
  ...readFileSync(join(CHECKOUT_DIR, 'docs', 'OPERATIONS.md'), 'utf8').matchAll(/^#### (Clearway\w+)$/gm),
].map(([, name = '']) => name.toLowerCase());

describe('promtool', () => {
  const promtool = findPromtool(process.env.PATH ?? '');
  if (promtool === undefined)
    process.stdout.write('promtool: rules not tested, because it is not here (Debian: package prometheus)\n');
  const itWithPromtool = promtool === undefined ? it.skip : it;
  const run = (...args: readonly string[]) => runPromtool(promtool ?? '', args);

  itWithPromtool('takes every rule', () => {
    expect(run('check', 'rules', ...ruleFiles())).toMatchObject({ status: 0 });
  });

  itWithPromtool('takes every expression of the dashboards', () => {
    const rules = DASHBOARDS.flatMap(expressionsOf).map((expr, index) => ({
      record: `panel:${index}`,
      expr,
    }));
    const dir = mkdtempSync(join(tmpdir(), 'clearway-panels-'));
    const file = join(dir, 'panels.json');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
    const taken = run('check', 'rules', file);
    rmSync(dir, { recursive: true });
    expect(taken).toMatchObject({ status: 0 });
  });

  itWithPromtool(
    'passes the unit tests',
    () => {
      expect(run('test', 'rules', ...testFiles())).toMatchObject({ status: 0 });
    },
    120_000,
  );

  itWithPromtool(
    'fails when a threshold is wrong',
    () => {
      const dir = mkdtempSync(join(tmpdir(), 'clearway-rules-'));
      const read = (...path: readonly string[]): string =>
        readFileSync(join(CHECKOUT_DIR, 'deploy', 'observability', ...path), 'utf8');
      writeFileSync(join(dir, 'alerts.yaml'), read('rules', 'alerts.yaml').replace('> 40000', '> 60000'));
      writeFileSync(join(dir, 'test.yaml'), read('tests', 'alerts.yaml').replace('../rules/', ''));
      const { status, output } = run('test', 'rules', join(dir, 'test.yaml'));
      rmSync(dir, { recursive: true });
      expect(status).not.toBe(0);
      expect(output).toContain('ClearwaySagasNearLimit');
    },
    120_000,
  );
});

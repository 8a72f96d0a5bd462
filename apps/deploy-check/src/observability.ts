import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CHECKOUT_DIR } from './checkout';

const OBSERVABILITY_DIR = join(CHECKOUT_DIR, 'deploy', 'observability');

/** A rule of Prometheus: an alert, or a series that is recorded under a new name. */
export interface PrometheusRule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: { readonly summary?: string; readonly runbook?: string };
}

/** A panel of a Grafana dashboard; a row has no targets. */
export interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}

/** A Grafana dashboard, as its file says. */
export interface Dashboard {
  readonly file: string;
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A unit test of promtool. */
export interface RuleTest {
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly object[] }[];
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(join(OBSERVABILITY_DIR, folder)).map((name) => join(folder, name));
}

function read(file: string): string {
  return readFileSync(join(OBSERVABILITY_DIR, file), 'utf8');
}

/** Files of rules, relative to deploy/observability. */
export function ruleFiles(): readonly string[] {
  return filesIn('rules');
}

/** Files of unit tests, relative to deploy/observability. */
export function testFiles(): readonly string[] {
  return filesIn('tests');
}

/** Every rule. */
export function readRules(): readonly PrometheusRule[] {
  return ruleFiles().flatMap((file) =>
    (parse(read(file)) as { groups: { rules: PrometheusRule[] }[] }).groups.flatMap(({ rules }) => rules),
  );
}

/** Every unit test. */
export function readRuleTests(): readonly RuleTest[] {
  return testFiles().flatMap((file) => (parse(read(file)) as { tests: RuleTest[] }).tests);
}

/** Every dashboard. */
export function readDashboards(): readonly Dashboard[] {
  return filesIn('dashboards').map((file) => ({ ...(JSON.parse(read(file)) as Dashboard), file }));
}

/** Expressions of a dashboard with Grafana's variables filled in, so that Prometheus can read them. */
export function expressionsOf({ panels }: Dashboard): readonly string[] {
  return panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '1m')),
  );
}

/** A metric that docs/METRICS.md lists, with its labels. A test compares that table with what running services export. */
export interface DocumentedMetric {
  readonly type: string;
  readonly labels: readonly string[];
}

/** The table of docs/METRICS.md. */
export function documentedMetrics(): ReadonlyMap<string, DocumentedMetric> {
  const text = readFileSync(join(CHECKOUT_DIR, 'docs', 'METRICS.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` \| (\w+) \| [\w, ]+ \|([^|]*)\|/gm)];
  return new Map(
    rows.map(([, name = '', type = '', labels = '']) => [
      name,
      { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label) },
    ]),
  );
}

/** A series that an expression selects, with the labels that it names there. */
export interface Selected {
  readonly metric: string;
  readonly labels: readonly string[];
}

const SERIES = /\b((?:clearway|process|nodejs)_\w+|up|clearway:[\w:]+)(?:\{([^}]*)\})?/g;

/** The series of an expression; words in its grouping clauses are labels, not series. */
export function seriesOf(expression: string): readonly Selected[] {
  const text = expression.replaceAll(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, '');
  return [...text.matchAll(SERIES)].map(([, metric = '', matchers = '']) => ({
    metric,
    labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  }));
}

/** Labels that an expression groups by. */
export function groupedBy(expression: string): readonly string[] {
  return [...expression.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  );
}

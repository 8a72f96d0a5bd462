import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  Child,
  type Cluster,
  freePorts,
  OtlpCollector,
  SERVICES,
  type ServiceName,
  traceAsText,
  until,
  whenQuiet,
} from '@clearway/testing';
import { parse, stringify } from 'yaml';
import { CHECKOUT_DIR, systemEnvironment } from './config';
import { order, place, placeInStream, SIDE_SELL, startMarket } from './market';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
/** PlaceOrder, client and server of five steps, and six commits, as in telemetry.spec.ts. */
const SPANS = 17;
const DEPLOY_DIR = join(CHECKOUT_DIR, 'deploy');
const ORDERS = 30;
const TIMEOUT_MS = 30_000;
jest.setTimeout(120_000);

const prometheusFile = find('prometheus');
const collectorFile = find('otelcol');
if (prometheusFile === undefined)
  process.stdout.write('observability: no Prometheus here (Debian: package prometheus)\n');
if (collectorFile === undefined)
  process.stdout.write(
    'observability: no OpenTelemetry collector here; spans go straight to the test’s own receiver (docs/OPERATIONS.md, "Alerts")\n',
  );

/** The deployment's own configuration of Prometheus and of the collector, around real services. */
describe('a running system under a real Prometheus and a real collector', () => {
  let dir: string;
  let receiver: OtlpCollector;
  let cluster: Cluster;
  let prometheusPort = 0;
  const children: Child[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'clearway-observability-'));
    receiver = await OtlpCollector.start();
    const [collectorPort = 0, port = 0, ...metricsPorts] = await freePorts(2 + SERVICES.length);
    prometheusPort = port;
    if (collectorFile !== undefined) startCollector(collectorFile, collectorPort);
    cluster = await startMarket({
      participants: ['alice', 'bob'],
      settingsOf: (service) => ({
        CLEARWAY_OTLP_ENDPOINT:
          collectorFile === undefined ? receiver.endpoint : `http://127.0.0.1:${collectorPort}`,
        CLEARWAY_TRACE_SAMPLING_RATIO: '0',
        CLEARWAY_METRICS_LISTEN: `127.0.0.1:${metricsPorts[SERVICES.indexOf(service)] ?? 0}`,
      }),
    });
    if (prometheusFile !== undefined) startPrometheus(prometheusFile, metricsPorts);
    await place(cluster.as('alice'), order('alice', { side: SIDE_SELL }));
    const traceparent = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
    await cluster.as('bob').trading.call('placeOrder', order('bob'), { traceparent });
    await whenQuiet(cluster.operator);
  });

  afterAll(async () => {
    await Promise.all(children.map((child) => child.kill()));
    await cluster?.close();
    receiver?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  function start(name: string, command: string, args: readonly string[]): void {
    const child = new Child({ name, command, args, env: systemEnvironment() });
    children.push(child);
    child.start();
  }

  /** The collector of the compose file, but for where it listens and whom it hands spans to. */
  function startCollector(file: string, port: number): void {
    const config = parse(readFileSync(join(DEPLOY_DIR, 'compose', 'otel-collector.yaml'), 'utf8'));
    config.receivers.otlp.protocols.http.endpoint = `127.0.0.1:${port}`;
    config.exporters = { otlphttp: { endpoint: receiver.endpoint, compression: 'none' } };
    config.service.pipelines.traces.exporters = ['otlphttp'];
    config.service.telemetry = { metrics: { level: 'none' } };
    writeFileSync(join(dir, 'collector.yaml'), stringify(config));
    start('otelcol', file, ['--config', join(dir, 'collector.yaml')]);
  }

  /** The Prometheus of the compose file, but for where the services are and how often it looks. */
  function startPrometheus(file: string, metricsPorts: readonly number[]): void {
    const text = readFileSync(join(DEPLOY_DIR, 'compose', 'prometheus.yml'), 'utf8');
    const here = SERVICES.reduce(
      (moved, name, index) => moved.replace(`${name}:9464`, `127.0.0.1:${metricsPorts[index] ?? 0}`),
      text.replaceAll('5s', '1s').replace('rules/', `${join(DEPLOY_DIR, 'observability', 'rules')}/`),
    );
    writeFileSync(join(dir, 'prometheus.yml'), here);
    start('prometheus', file, [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
      '--enable-feature=exemplar-storage',
    ]);
  }

  async function ask<Data>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<Data> {
    const url = `http://127.0.0.1:${prometheusPort}/api/v1/${path}?${new URLSearchParams(parameters)}`;
    const answer = (await (await fetch(url)).json()) as { status: string; data: Data; error?: string };
    if (answer.status !== 'success')
      throw new Error(`${path} ${JSON.stringify(parameters)}: ${answer.error}`);
    return answer.data;
  }

  const query = async (expression: string): Promise<readonly Sample[]> =>
    (await ask<{ result: readonly Sample[] }>('query', { query: expression })).result;

  it('shows one order’s trace whole, across trading, risk and clearing', async () => {
    await until('every span', () => receiver.trace(TRACE_ID).length >= SPANS, { timeoutMs: TIMEOUT_MS });
    const spans = receiver.trace(TRACE_ID);
    process.stdout.write(`${traceAsText(spans, ['clearway.order.status'])}\n`);
    expect(spans).toHaveLength(SPANS);
    expect([...new Set(spans.map(({ service }) => service))].sort()).toEqual(['clearing', 'risk', 'trading']);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(spans.filter(({ parentSpanId }) => !ids.has(parentSpanId))).toHaveLength(1);
  });

  const itWithPrometheus = prometheusFile === undefined ? it.skip : it;

  itWithPrometheus('lets every service be scraped', async () => {
    await until(
      'four targets',
      async () => (await query('up{job="clearway"} == 1')).length === SERVICES.length,
      {
        timeoutMs: TIMEOUT_MS,
      },
    );
    const found = await query('up{job="clearway"}');
    expect(found.map(({ metric }) => metric.service).sort()).toEqual([...SERVICES].sort());
  });

  itWithPrometheus('gives every panel of the dashboards something to show', async () => {
    const alice = cluster.as('alice');
    const placeBothWays = async () => {
      await place(alice, order('alice', { price: '90.00' }));
      await placeInStream(alice, order('alice', { price: '90.00' }));
    };
    for (let index = 0; index < ORDERS; index += 1) await placeBothWays();
    // Orders go on coming: what was all there at the first scrape has no rate.
    const isShown = async (expression: string) => {
      await placeBothWays();
      return (await query(expression)).length > 0;
    };
    for (const expression of panelExpressions()) {
      if (NEEDS_READERS.test(expression)) await query(expression);
      else if (EMPTY_IN_GOOD_TIMES.test(expression)) expect(await query(expression)).toEqual([]);
      else await until(expression, () => isShown(expression), { timeoutMs: TIMEOUT_MS, intervalMs: 500 });
    }
  });

  itWithPrometheus('evaluates every rule, and nothing fires but the watchdog', async () => {
    const isDone = async () => (await rules()).every(({ health }) => health !== 'unknown');
    await until('every rule to be evaluated', isDone, { timeoutMs: TIMEOUT_MS });
    expect((await rules()).filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(await alertsThatAre('firing')).toEqual(['ClearwayWatchdog']);
    expect(await alertsThatAre('pending')).toEqual([]);
  });

  itWithPrometheus('leads from a figure to the trace', async () => {
    const window = { start: `${Date.now() / 1_000 - 600}`, end: `${Date.now() / 1_000 + 60}` };
    const expression = 'clearway_rpc_server_duration_seconds_bucket{service="trading"}';
    const found = await ask<readonly { exemplars: readonly { labels: { trace_id: string } }[] }[]>(
      'query_exemplars',
      { query: expression, ...window },
    );
    expect(found.flatMap(({ exemplars }) => exemplars).map(({ labels }) => labels.trace_id)).toContain(
      TRACE_ID,
    );
  });

  itWithPrometheus('notices a service that is gone', async () => {
    await cluster.kill('audit' satisfies ServiceName);
    const isNoticed = async () => (await alertsThatAre('pending')).includes('ClearwayServiceDown');
    await until('the alert to be pending', isNoticed, { timeoutMs: TIMEOUT_MS, intervalMs: 500 });
  });

  async function rules(): Promise<readonly { readonly name: string; readonly health: string }[]> {
    const { groups } = await ask<{ groups: { rules: { name: string; health: string }[] }[] }>('rules');
    return groups.flatMap((group) => group.rules).map(({ name, health }) => ({ name, health }));
  }

  async function alertsThatAre(state: string): Promise<readonly string[]> {
    const { alerts } = await ask<{ alerts: { state: string; labels: { alertname: string } }[] }>('alerts');
    return alerts.filter((alert) => alert.state === state).map(({ labels }) => labels.alertname);
  }
});

/** What shows something only while somebody reads market data, which nobody does here. */
const NEEDS_READERS = /clearway_market_data_(messages|writes|snapshots|resyncs)/;
/** What shows something only when something is wrong. */
const EMPTY_IN_GOOD_TIMES = /clearway_invariant_holds == 0|rpc_response_status_code=~"INTERNAL/;

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
}

function find(program: string): string | undefined {
  return [join(CHECKOUT_DIR, '.ci', 'bin'), ...(systemEnvironment().PATH ?? '').split(delimiter)]
    .map((folder) => join(folder, program))
    .find((file) => existsSync(file));
}

function panelExpressions(): readonly string[] {
  const folder = join(DEPLOY_DIR, 'observability', 'dashboards');
  return readdirSync(folder).flatMap((name) => {
    const { panels } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
      panels: { targets?: { expr: string }[] }[];
    };
    return panels.flatMap(({ targets = [] }) =>
      targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '30s')),
    );
  });
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CLUSTER_PASSWORD,
  type Cluster,
  type CollectedSpan,
  freePorts,
  OtlpCollector,
  SERVICES,
  type ServiceName,
  traceAsText,
  until,
  whenQuiet,
} from '@clearway/testing';
import { CHECKOUT_DIR } from './config';
import { accountOf, order, place, placeInStream, SIDE_SELL, SYMBOL, startMarket } from './market';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER_SPAN_ID = '00f067aa0ba902b7';
/** PlaceOrder, then client and server of Reserve, two SettleLegs and two ApplyFills, and their five commits and its own. */
const SPANS = 1 + 2 * 5 + 6;
const BANK_REFERENCE = 'DE89-bank-reference-3704';
/** Spans leave every five seconds. */
const EXPORTED_TIMEOUT_MS = 20_000;
jest.setTimeout(90_000);

const AUDIT_SEARCH = {
  account: '',
  actor: '',
  resource: '',
  action: '',
  traceId: TRACE_ID,
  fromMicros: 0,
  toMicros: 0,
  pageSize: 0,
  pageToken: '',
  order: '',
  participant: '',
  shard: '',
};

describe('telemetry of a running system', () => {
  let collector: OtlpCollector;
  let cluster: Cluster;
  let metricsPortOf: (service: ServiceName) => number;

  beforeAll(async () => {
    collector = await OtlpCollector.start();
    const ports = await freePorts(SERVICES.length);
    metricsPortOf = (service) => ports[SERVICES.indexOf(service)] ?? 0;
    cluster = await startMarket({
      participants: ['alice', 'bob'],
      logLevel: 'debug',
      settingsOf: (service) => ({
        CLEARWAY_OTLP_ENDPOINT: collector.endpoint,
        CLEARWAY_TRACE_SAMPLING_RATIO: '0',
        CLEARWAY_METRICS_LISTEN: `127.0.0.1:${metricsPortOf(service)}`,
      }),
    });
    const { operator } = cluster;
    const request = { account: accountOf('alice'), requestId: 'telemetry', asset: 'USD', amount: '1.00' };
    await operator.clearing.call('deposit', { ...request, bankReference: BANK_REFERENCE });
    await place(cluster.as('alice'), order('alice', { side: SIDE_SELL }));
    const traceparent = `00-${TRACE_ID}-${CALLER_SPAN_ID}-01`;
    await cluster.as('bob').trading.call('placeOrder', order('bob'), { traceparent });
    await place(cluster.as('bob'), order('bob', { price: '99.00' }));
    await placeInStream(cluster.as('bob'), order('bob', { price: '98.00' }));
    await whenQuiet(operator);
  });

  afterAll(async () => {
    await cluster?.close();
    collector?.close();
  });

  const metricsOf = async (service: ServiceName): Promise<string> =>
    (await fetch(`http://127.0.0.1:${metricsPortOf(service)}/metrics`)).text();

  describe('an order that its caller has sampled', () => {
    let spans: CollectedSpan[];

    beforeAll(async () => {
      const options = { timeoutMs: EXPORTED_TIMEOUT_MS };
      await until('every span', () => collector.trace(TRACE_ID).length >= SPANS, options);
      spans = collector.trace(TRACE_ID);
      const shown = [
        'clearway.saga.id',
        'clearway.saga.outcome',
        'clearway.order.status',
        'clearway.batch.events',
      ];
      process.stdout.write(`${traceAsText(spans, shown)}\n`);
    });

    const named = (service: string, name: string) =>
      spans.filter((span) => span.service === service && span.name === name);
    const parentOf = (span: CollectedSpan) => spans.find(({ spanId }) => spanId === span.parentSpanId);

    it('makes one trace, and nobody else makes any', () => {
      expect(spans).toHaveLength(SPANS);
      expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE_ID]));
      expect(spans.filter(({ isError }) => isError)).toEqual([]);
    });

    it('begins with the call, which continues the caller’s trace', () => {
      const [call, ...more] = named('trading', 'clearway.trading.v1.TradingService/PlaceOrder');
      expect(more).toEqual([]);
      expect(call).toMatchObject({ kind: 'SERVER', parentSpanId: CALLER_SPAN_ID });
      expect(call?.attributes).toMatchObject({
        'rpc.system.name': 'grpc',
        'rpc.method': 'clearway.trading.v1.TradingService/PlaceOrder',
        'rpc.response.status_code': 'OK',
        'server.address': '127.0.0.1',
        'server.port': Number(cluster.addressOf('trading').split(':')[1]),
        'client.address': expect.any(String),
        'client.port': expect.any(Number),
        'clearway.caller': 'participant/bob',
        'clearway.order.account': 'bob.main',
        'clearway.order.symbol': SYMBOL,
        'clearway.order.status': 'FILLED',
      });
    });

    it.each([
      ['risk', 'Reserve', 'PlaceOrder', 1],
      ['clearing', 'SettleLeg', 'SettleTrade', 2],
      ['risk', 'ApplyFill', 'SettleTrade', 2],
    ])('asks %s for %s of its %s', (participant, step, kind, times) => {
      const asked = named('trading', `${participant}/${step}`);
      const done = named(participant, step);
      expect([asked.length, done.length]).toEqual([times, times]);
      for (const client of asked) {
        expect(client.kind).toBe('CLIENT');
        expect(parentOf(client)?.name).toBe('clearway.trading.v1.TradingService/PlaceOrder');
        expect(client.attributes).toMatchObject({
          'rpc.system.name': 'grpc',
          'clearway.saga.id': expect.stringMatching(/^trading\/0#\d+$/),
          'clearway.saga.kind': kind,
          'clearway.saga.step': expect.any(Number),
          'clearway.saga.outcome': 'succeeded',
        });
      }
      for (const server of done) {
        expect(server.kind).toBe('SERVER');
        expect(parentOf(server)).toMatchObject({ service: 'trading', name: `${participant}/${step}` });
        expect(server.attributes['rpc.method']).toBe(parentOf(server)?.attributes['rpc.method']);
      }
      expect(new Set(done.map(({ parentSpanId }) => parentSpanId)).size).toBe(times);
    });

    it('shows the commits that it waited for', () => {
      const commits = spans.filter(({ name }) => name === 'journal commit');
      const parents = commits.map((commit) => parentOf(commit)?.name).sort();
      expect(parents).toEqual([
        'ApplyFill',
        'ApplyFill',
        'Reserve',
        'SettleLeg',
        'SettleLeg',
        'clearway.trading.v1.TradingService/PlaceOrder',
      ]);
      for (const { attributes } of commits) expect(attributes['clearway.batch.events']).toBeGreaterThan(0);
    });

    it('stands in audit under its trace, in every service', async () => {
      const { operator } = cluster;
      const sources = await until('the entries of the trace', async () => {
        const { entries } = await operator.audit.call('listEntries', AUDIT_SEARCH);
        const found = new Set(entries.map(({ shard }) => shard));
        return found.size === 3 && found;
      });
      expect([...sources].sort()).toEqual(['clearing/0', 'risk/0', 'trading/0']);
    });
  });

  it.each(SERVICES)('exports the metrics of %s that the documentation lists', async (service) => {
    const exported = [...(await metricsOf(service)).matchAll(/^# TYPE (\S+) (\S+)$/gm)]
      .map(([, name, type]) => `${name} ${type}`)
      .filter((line) => !line.startsWith('target_info '));
    expect(exported.sort()).toEqual(documentedMetrics(service));
  });

  it('leads from the figures of calls and commits to the trace', async () => {
    const headers = { accept: 'application/openmetrics-text' };
    const answer = await fetch(`http://127.0.0.1:${metricsPortOf('trading')}/metrics`, { headers });
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('application/openmetrics-text');
    expect(text).toMatch(/\n# EOF\n$/);
    const exemplified = text.split('\n').filter((line) => line.includes(`# {trace_id="${TRACE_ID}"}`));
    expect(exemplified.map((line) => line.split('{', 1)[0]).sort()).toEqual(
      expect.arrayContaining([
        'clearway_rpc_server_duration_seconds_bucket',
        'clearway_shard_commit_duration_seconds_bucket',
      ]),
    );
    expect(await metricsOf('trading')).not.toContain('trace_id');
  });

  it('says in the metrics that every invariant holds', async () => {
    for (const service of SERVICES) {
      const lines = (await metricsOf(service)).match(/^clearway_invariant_holds\{.*$/gm) ?? [];
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) expect(line).toMatch(/\} 1(\s|$)/);
    }
  });

  it('logs objects with level, time and service, and tells no secret to logs, spans or metrics', async () => {
    const lines = SERVICES.flatMap((service) => cluster.process(service).lines);
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({
        service: expect.any(String),
        level: expect.any(String),
        time: expect.any(String),
      });
    const metrics = await Promise.all(SERVICES.map(metricsOf));
    const told = [...lines, ...metrics, ...collector.bodies.map((body) => body.toString('latin1'))].join(
      '\n',
    );
    const keys = SERVICES.map(
      (name) => readFileSync(cluster.tlsOf({ kind: 'service', name }).key, 'utf8').split('\n')[1],
    );
    for (const secret of [CLUSTER_PASSWORD, BANK_REFERENCE, 'PRIVATE KEY', ...keys]) {
      expect(secret).toMatch(/.{8}/);
      expect(told.includes(secret ?? '')).toBe(false);
    }
  });
});

describe('orders of a stream, all sampled', () => {
  const ORDERS = 3;
  let collector: OtlpCollector;
  let cluster: Cluster;

  beforeAll(async () => {
    collector = await OtlpCollector.start();
    cluster = await startMarket({
      participants: ['alice'],
      settingsOf: () => ({
        CLEARWAY_OTLP_ENDPOINT: collector.endpoint,
        CLEARWAY_TRACE_SAMPLING_RATIO: '1',
      }),
    });
  });

  afterAll(async () => {
    await cluster?.close();
    collector?.close();
  });

  it('have a trace each, and links where they shared a commit', async () => {
    const stream = cluster.as('alice').trading.duplex('streamOrders');
    const commands = Array.from({ length: ORDERS }, (_, index) => ({
      requestId: index + 1,
      command: { $case: 'place' as const, value: order('alice', { price: `9${index}.00` }) },
    }));
    stream.write({ cancelOnDisconnect: false, acksOnly: true, commands });
    let acks = 0;
    await stream.receive((message) => {
      acks += message.acks.length;
      if (acks === ORDERS) stream.end();
    });
    const commandSpans = () =>
      collector.spans.filter(({ attributes }) => attributes['clearway.command'] === 'PlaceOrder');
    const isWhole = ({ traceId }: CollectedSpan) =>
      collector.trace(traceId).some(({ service, name }) => service === 'risk' && name === 'journal commit');
    const whole = () => commandSpans().length === ORDERS && commandSpans().every(isWhole);
    await until('the traces of the orders', whole, { timeoutMs: EXPORTED_TIMEOUT_MS });
    expect(new Set(commandSpans().map(({ traceId }) => traceId)).size).toBe(ORDERS);
    for (const root of commandSpans()) {
      expect(root).toMatchObject({
        service: 'trading',
        name: 'clearway.trading.v1.TradingService/StreamOrders',
        kind: 'SERVER',
        parentSpanId: '',
      });
      expect(root.attributes).toMatchObject({ 'clearway.order.account': 'alice.main' });
      const trace = collector.trace(root.traceId);
      expect(trace.map(({ name }) => name).sort()).toEqual([
        'Reserve',
        'clearway.trading.v1.TradingService/StreamOrders',
        'journal commit',
        'journal commit',
        'risk/Reserve',
      ]);
      const commit = trace.find(({ service, name }) => service === 'trading' && name === 'journal commit');
      expect(commit?.links).toHaveLength(ORDERS - 1);
    }
  });
});

/** Rows of docs/METRICS.md: name, type, services (or "all"). */
function documentedMetrics(service: ServiceName): string[] {
  const table = readFileSync(join(CHECKOUT_DIR, 'docs', 'METRICS.md'), 'utf8');
  return [...table.matchAll(/^\| `(\w+)` \| (\w+) \| ([\w, ]+) \|/gm)]
    .filter(([, , , services = '']) => services === 'all' || services.split(', ').includes(service))
    .map(([, name, type]) => `${name} ${type}`)
    .sort();
}

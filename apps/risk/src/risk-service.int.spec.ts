import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { common, journal, risk, saga } from '@clearway/contracts';
import { parseConfig, z } from '@clearway/platform-config';
import { ensureDevelopmentPki, type TlsPaths } from '@clearway/platform-pki';
import {
  createDatabases,
  createPool,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import { createRpcClient, tlsFilesOf, type WireService } from '@clearway/platform-rpc';
import {
  type RunningService,
  type ServiceSettings,
  serviceSettings,
  startService,
} from '@clearway/platform-service';
import { wireRisk } from './wiring';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const { SIDE_BUY } = common.Side;
const { STEP_PHASE_ACTION, STEP_PHASE_COMPENSATION } = saga.StepPhase;
const { STEP_STATUS_SUCCEEDED, STEP_STATUS_REFUSED } = saga.StepStatus;

describe('the risk service', () => {
  let dir: string;
  let postgres: EmbeddedPostgres;
  let pki: ReadonlyMap<string, TlsPaths>;
  let settings: ServiceSettings;
  let running: RunningService;
  const clients: { close(): void }[] = [];

  beforeAll(async () => {
    dir = await temporaryHome('clearway-risk-');
    postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), log: SILENT });
    const passwords = { ownerPassword: 'owner', appPassword: 'app' };
    const [urls] = await createDatabases(postgres.url, [{ service: 'risk', ...passwords }]);
    pki = await ensureDevelopmentPki(join(dir, 'pki'), [
      { kind: 'service', name: 'risk' },
      { kind: 'service', name: 'trading' },
      { kind: 'service', name: 'audit' },
      { kind: 'participant', name: 'alice' },
      { kind: 'participant', name: 'mallory' },
      { kind: 'operator', name: 'olivia' },
    ]);
    const own = pki.get('spiffe://clearway/svc/risk') as TlsPaths;
    settings = parseConfig(z.object(serviceSettings), {
      CLEARWAY_LISTEN: '127.0.0.1:0',
      CLEARWAY_POSTGRES_URL: urls?.appUrl,
      CLEARWAY_POSTGRES_OWNER_URL: urls?.ownerUrl,
      CLEARWAY_TLS_CA: own.ca,
      CLEARWAY_TLS_CERT: own.cert,
      CLEARWAY_TLS_KEY: own.key,
      CLEARWAY_LOG_LEVEL: 'silent',
      CLEARWAY_INSTANCE: 'risk-test',
    });
    await start();
  }, 60_000);

  afterAll(async () => {
    for (const client of clients) client.close();
    await running?.stop();
    await postgres?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    running = await startService(wireRisk(settings));
    await running.whenReady();
  }

  function as<Service extends WireService>(subject: string, service: Service) {
    const tls = tlsFilesOf(pki.get(`spiffe://clearway/${subject}`) as TlsPaths);
    const address = `127.0.0.1:${running.port}`;
    const client = createRpcClient({ service }, { address, tls, expect: 'svc/risk', log: SILENT });
    clients.push(client);
    return client;
  }

  const steps = () => as('svc/trading', risk.RiskStepServiceService);
  const execute = async (...asked: risk.RiskStep[]) => {
    const request = { originShard: 'trading/0', finishedBelow: 0, steps: asked };
    return (await steps().call('executeSteps', request)).results;
  };
  const step = (sagaNumber: number, action: NonNullable<risk.RiskStep['action']>): risk.RiskStep => ({
    sagaNumber,
    step: 1,
    phase: STEP_PHASE_ACTION,
    action,
    traceparent: '',
  });
  const credit = (sagaNumber: number, asset: string, amountMinor: bigint) =>
    step(sagaNumber, { $case: 'creditFunds', value: { account: 'alice.main', asset, amountMinor } });
  const reserve = (sagaNumber: number, changes: Partial<risk.Reserve> = {}) =>
    step(sagaNumber, { $case: 'reserve', value: { ...BUY_10_AMZN, orderNumber: sagaNumber, ...changes } });
  const BUY_10_AMZN: risk.Reserve = {
    orderNumber: 1,
    account: 'alice.main',
    symbol: 'AMZN',
    side: SIDE_BUY,
    quantityLots: 10,
    priceTicks: 0,
    marketPriceTicks: 1_000,
    baseAsset: 'AMZN',
    quoteAsset: 'USD',
    lotSizeMinor: 1n,
    tickValueMinor: 1n,
    feeBps: 10,
  };

  it('reserves, answers a repeat alike, and answers alike after a restart', async () => {
    const asked = [
      credit(1, 'USD', 20_000n),
      reserve(2),
      reserve(3, { quantityLots: 100, priceTicks: 1_000 }),
      {
        ...reserve(4),
        phase: STEP_PHASE_COMPENSATION,
        action: { $case: 'releaseHold', value: { orderNumber: 4 } },
      },
      reserve(4),
    ] satisfies risk.RiskStep[];
    const first = await execute(...asked);
    expect(first.map(({ status, reasons }) => [status, ...reasons.map(({ code }) => code)])).toEqual([
      [STEP_STATUS_SUCCEEDED],
      [STEP_STATUS_SUCCEEDED],
      [STEP_STATUS_REFUSED, 'INSUFFICIENT_FUNDS'],
      [STEP_STATUS_SUCCEEDED],
      [STEP_STATUS_REFUSED, 'ALREADY_COMPENSATED'],
    ]);
    expect(risk.ReserveResult.decode(first[1]?.result as Buffer)).toEqual({ protectionPriceTicks: 1_050 });
    expect(await execute(...asked)).toEqual(first);
    await running.stop();
    await start();
    expect(await execute(...asked)).toEqual(first);
  }, 30_000);

  it('shows an account its own risk in decimal strings, and nobody else', async () => {
    const alice = await as('participant/alice', risk.RiskServiceService).call('getAccountRisk', {
      account: 'alice.main',
    });
    expect(alice).toEqual({
      account: 'alice.main',
      funds: [{ asset: 'USD', total: '200.00', held: '105.10', available: '94.90' }],
      frozen: false,
      blacklisted: false,
      openHolds: 1,
    });
    const mallory = as('participant/mallory', risk.RiskServiceService);
    await expect(mallory.call('getAccountRisk', { account: 'alice.main' })).rejects.toMatchObject({
      reason: 'NOT_YOUR_ACCOUNT',
    });
    const admin = as('participant/mallory', risk.RiskAdminServiceService);
    await expect(admin.call('listFunds', {})).rejects.toMatchObject({ reason: 'METHOD_NOT_ALLOWED' });
  });

  it('takes limits and the blacklist from operators', async () => {
    const operator = as('operator/olivia', risk.RiskAdminServiceService);
    const none = { orderQtyMax: '', orderNotionalMax: '', positionMax: '', ordersPerMinuteMax: 0 };
    const limits = { ...none, priceDeviationBpsMax: 100, fatFingerMultipleMax: 0, orderNotionalMax: '90.00' };
    const scope = { account: '', symbol: 'AMZN', baseAsset: 'AMZN', quoteAsset: 'USD' };
    const set = await operator.call('setLimits', { ...scope, limits });
    expect(set.limits).toMatchObject({ orderNotionalMax: '90.00', priceDeviationBpsMax: 100 });
    const applied = await as('participant/alice', risk.RiskServiceService).call('getLimits', {
      account: 'alice.main',
      symbol: 'AMZN',
    });
    expect(applied.limits).toEqual(set.limits);
    const invalid = operator.call('setLimits', { ...scope, quoteAsset: 'DOGE', limits });
    await expect(invalid).rejects.toMatchObject({
      reason: 'FIELD_INVALID',
      metadata: { field: 'quote_asset' },
    });
    await operator.call('setBlacklist', { participant: 'alice', blacklisted: true, note: 'sanctions list' });
    const [refused] = await execute(reserve(5, { priceTicks: 1_000 }));
    expect(refused?.reasons.map(({ code }) => code)).toEqual([
      'BLACKLISTED',
      'INSUFFICIENT_FUNDS',
      'ORDER_NOTIONAL',
    ]);
  });

  it('refuses a host that speaks for the shards of another, and malformed steps, with all violations', async () => {
    const foreign = { originShard: 'clearing/0', finishedBelow: 0, steps: [] };
    await expect(steps().call('executeSteps', foreign)).rejects.toMatchObject({
      reason: 'FIELD_INVALID',
      metadata: { field: 'origin_shard' },
    });
    const wrong = execute(reserve(6, { quantityLots: 0, symbol: 'amzn' }));
    await expect(wrong).rejects.toMatchObject({
      fieldViolations: [{ field: 'steps[0].reserve.symbol' }, { field: 'steps[0].reserve.quantity_lots' }],
    });
  });

  it('holds its invariants and lists funds at one journal position', async () => {
    const checks = await as('operator/olivia', common.InvariantServiceService).call('checkInvariants', {});
    expect(checks.results.map(({ name, holds }) => [name, holds])).toEqual([
      ['held-equals-holds', true],
      ['available-never-negative', true],
      ['no-negative-total', true],
    ]);
    const listed = await as('operator/olivia', risk.RiskAdminServiceService).call('listFunds', {});
    expect(listed.funds.map(({ account, asset, totalMinor }) => [account, asset, totalMinor])).toEqual([
      ['alice.main', 'USD', 20_000n],
    ]);
    expect(listed.position?.shard).toBe('risk/0');
  });

  it('keeps its tables in step with its journal', async () => {
    const pool = createPool(settings.CLEARWAY_POSTGRES_URL, { max: 1, applicationName: 'risk-spec' });
    const query = 'SELECT account, asset, total_minor, held_for_orders_minor AS held FROM risk_funds';
    const rows = async () => (await pool.query<{ held: string }>(query)).rows;
    try {
      while ((await rows())[0]?.held !== '10510') await sleep(20);
      expect(await rows()).toEqual([
        { account: 'alice.main', asset: 'USD', total_minor: '20000', held: '10510' },
      ]);
    } finally {
      await pool.end();
    }
  });

  it('streams its journal to audit, with who came', async () => {
    const feed = as('svc/audit', journal.FeedServiceService).stream('subscribe', {
      shard: 'risk/0',
      fromEvent: 0,
    });
    const types: string[] = [];
    for await (const batch of feed) {
      types.push(...journal.Batch.decode(batch.payload).events.map(({ type }) => type));
      if (types.includes('BlacklistSet')) break;
    }
    expect(types.filter((type) => !type.startsWith('platform.')).slice(0, 5)).toEqual([
      'FundsCredited',
      'HoldPlaced',
      'StepRefused',
      'CompensationNoted',
      'StepRefused',
    ]);
    expect(types).toContain('platform.SessionOpened');
    expect(types).toContain('platform.AccessRefused');
  });
});

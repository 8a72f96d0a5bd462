import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { createDatabases, type ServiceDatabaseUrls } from './create-databases';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres';
import { type Migration, migrate, readMigrations } from './migrate';
import { createPool } from './pool';
import { isConnectionError, isUniqueViolation, mapUnavailable, PostgresUnavailable } from './postgres-errors';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const wanted = ['trading', 'risk'].map((service) => ({
  service,
  ownerPassword: `own/er@${service}:%'?#`,
  appPassword: `app ${service}`,
}));

let place: string;
let server: EmbeddedPostgres;
let trading: ServiceDatabaseUrls;
let risk: ServiceDatabaseUrls;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'clearway-postgres-'));
  server = await startEmbeddedPostgres({
    dataDir: join(place, 'p'),
    log,
    reachableDirs: [join(`${place}-reachable`)],
  });
  [trading, risk] = (await createDatabases(server.url, wanted)) as [ServiceDatabaseUrls, ServiceDatabaseUrls];
});

afterAll(async () => {
  await server.stop();
  rmSync(place, { recursive: true, force: true });
  rmSync(`${place}-reachable`, { recursive: true, force: true });
});

async function query(url: string, sql: string): Promise<Record<string, unknown> | undefined> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(sql);
    return result.rows?.[0];
  } finally {
    await client.end();
  }
}

const elsewhere = (url: string, database: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
};

describe('createDatabases', () => {
  test('may be repeated, also from several processes at once, and sets new passwords', async () => {
    const renewed = wanted.map((one) => ({ ...one, appPassword: `new ${one.service}` }));
    await Promise.all([createDatabases(server.url, wanted), createDatabases(server.url, wanted)]);
    const [urls] = (await createDatabases(server.url, renewed)) as [ServiceDatabaseUrls, ServiceDatabaseUrls];
    expect(await query(urls.appUrl, 'SELECT current_user AS who')).toEqual({ who: 'clearway_trading_app' });
    await expect(query(trading.appUrl, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    await createDatabases(server.url, wanted);
  });

  test.each(['clearway_risk', 'postgres', 'template1'])(
    'no trading role can connect to %s',
    async (database) => {
      for (const url of [trading.appUrl, trading.ownerUrl]) {
        await expect(query(elsewhere(url, database), 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
      }
    },
  );

  test('the app role uses the rows of what the owner makes, and makes nothing itself', async () => {
    await query(risk.ownerUrl, 'CREATE TABLE holds (id bigserial PRIMARY KEY, n int)');
    expect(await query(risk.appUrl, 'INSERT INTO holds (n) VALUES (7) RETURNING n')).toEqual({ n: 7 });
    for (const sql of ['CREATE TABLE x ()', 'DROP TABLE holds', 'TRUNCATE holds', 'CREATE TEMP TABLE y ()']) {
      await expect(query(risk.appUrl, sql)).rejects.toMatchObject({ code: '42501' });
    }
  });

  test.each(['', 'Trading', '1a', 'a-b', 'a"; DROP', 'a'.repeat(31)])(
    'refuses the service name %j',
    async (service) => {
      const bad = [{ service, ownerPassword: 'x', appPassword: 'y' }];
      await expect(createDatabases(server.url, bad)).rejects.toThrow(RangeError);
    },
  );
});

describe('migrate', () => {
  const first: Migration = {
    id: '0001-orders',
    sql: 'CREATE TABLE orders (id int); INSERT INTO orders VALUES (1);',
  };
  const second: Migration = { id: '0002-price', sql: 'ALTER TABLE orders ADD price_ticks int' };
  const run = (...migrations: Migration[]): ReturnType<typeof migrate> =>
    migrate({ url: trading.ownerUrl, migrations });

  beforeEach(async () => {
    await query(trading.ownerUrl, 'DROP TABLE IF EXISTS orders, schema_migrations');
  });

  test('applies what is missing, once, in order', async () => {
    expect(await run(first)).toEqual({ applied: ['0001-orders'], newer: [] });
    expect(await run(first, second)).toEqual({ applied: ['0002-price'], newer: [] });
    expect(await run(first, second)).toEqual({ applied: [], newer: [] });
    expect(await query(trading.appUrl, 'SELECT count(*)::int AS n FROM orders')).toEqual({ n: 1 });
  });

  test('applies each once when several services start together', async () => {
    const reports = await Promise.all([run(first, second), run(first, second), run(first, second)]);
    expect(reports.flatMap(({ applied }) => applied).sort()).toEqual(['0001-orders', '0002-price']);
  });

  test('an older program accepts a newer schema', async () => {
    await run(first, second);
    expect(await run(first)).toEqual({ applied: [], newer: ['0002-price'] });
  });

  test('refuses changed, inserted and doubled migrations', async () => {
    await run(first, second);
    await expect(run({ ...first, sql: `${first.sql} ` }, second)).rejects.toMatchObject({ code: 'CHANGED' });
    const inserted = { id: '0001b-late', sql: 'SELECT 1' };
    await expect(run(first, inserted, second)).rejects.toMatchObject({
      code: 'OUT_OF_ORDER',
      migrationId: '0001b-late',
    });
    await expect(run(first, inserted)).rejects.toMatchObject({ code: 'OUT_OF_ORDER' });
    await expect(run(first, first)).rejects.toMatchObject({ code: 'DUPLICATE_ID' });
  });

  test('several histories grow side by side, each in its own order', async () => {
    const of = (history: string, n: number): Migration => ({ id: `${history}-000${n}-x`, sql: 'SELECT 1' });
    await run(of('journal', 1), of('risk', 1));
    expect(await run(of('journal', 1), of('journal', 2), of('risk', 1), of('risk', 2))).toEqual({
      applied: ['journal-0002-x', 'risk-0002-x'],
      newer: [],
    });
    expect(await run(of('journal', 1), of('risk', 1), of('risk', 2), of('risk', 3))).toEqual({
      applied: ['risk-0003-x'],
      newer: ['journal-0002-x'],
    });
    await expect(run(of('journal', 1), of('journal', 9))).rejects.toMatchObject({ code: 'OUT_OF_ORDER' });
  });

  test('a failing one leaves nothing of itself and keeps those before it', async () => {
    const failing = { id: '0002-bad', sql: 'CREATE TABLE half (); SELECT 1/0' };
    await expect(run(first, failing)).rejects.toMatchObject({ code: 'FAILED', migrationId: '0002-bad' });
    expect(await query(trading.ownerUrl, `SELECT to_regclass('half') AS half`)).toEqual({ half: null });
    expect(await run(first, second)).toEqual({ applied: ['0002-price'], newer: [] });
  });

  test('waits for a service at work, and lets others pass meanwhile', async () => {
    await run(first);
    const service = new Client({ connectionString: trading.ownerUrl });
    await service.connect();
    await service.query('BEGIN; SELECT * FROM orders');
    const migrated = run(first, second);
    await sleep(300);
    const startedAtMs = performance.now();
    await query(trading.appUrl, 'SELECT count(*) FROM orders');
    expect(performance.now() - startedAtMs).toBeLessThan(1_500);
    await sleep(1_500);
    await service.query('COMMIT');
    expect(await migrated).toEqual({ applied: ['0002-price'], newer: [] });
    await service.end();
  });

  test('tries again when it was the one to give way in a deadlock', async () => {
    await run(first, { id: '0002-fills', sql: 'CREATE TABLE fills (id int)' });
    const service = new Client({ connectionString: trading.ownerUrl });
    await service.connect();
    await service.query("SET deadlock_timeout = '10s'").catch(() => undefined);
    await service.query('BEGIN; LOCK TABLE orders IN ACCESS SHARE MODE');
    const both = {
      id: '0003-both',
      sql: 'ALTER TABLE fills ADD x int; SELECT pg_sleep(0.3); ALTER TABLE orders ADD x int',
    };
    const migrated = run(first, { id: '0002-fills', sql: 'CREATE TABLE fills (id int)' }, both);
    await sleep(400);
    await service.query('LOCK TABLE fills IN ACCESS SHARE MODE');
    await service.query('COMMIT');
    expect((await migrated).applied).toEqual(['0003-both']);
    await service.end();
    await query(trading.ownerUrl, 'DROP TABLE fills');
  });

  test('reads .sql files by name, and line ends do not change a checksum', async () => {
    writeFileSync(join(place, '0002-price.sql'), second.sql);
    writeFileSync(join(place, '0001-orders.sql'), 'CREATE TABLE orders (id int);\r\nSELECT 1;');
    await run(...(await readMigrations(place)));
    expect(
      (await run({ id: '0001-orders', sql: 'CREATE TABLE orders (id int);\nSELECT 1;' }, second)).applied,
    ).toEqual([]);
  });
});

describe('createPool', () => {
  test('outlives connections that the server cuts, idle or held', async () => {
    const lost: Error[] = [];
    const pool = createPool(trading.appUrl, {
      max: 2,
      applicationName: 'spec',
      onConnectionLost: (e) => lost.push(e),
    });
    const held = await pool.connect();
    await held.query('BEGIN');
    await pool.query('SELECT 1');
    const cut = `SELECT count(pg_terminate_backend(pid, 5000))::int AS n FROM pg_stat_activity WHERE application_name = 'spec'`;
    expect(await query(server.url, cut)).toEqual({ n: 2 });
    const failure: unknown = await held.query('SELECT 1').catch((error: unknown) => error);
    expect(isConnectionError(failure)).toBe(true);
    held.release(true);
    expect((await pool.query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
    expect(lost.length).toBeGreaterThan(0);
    await pool.end();
  });

  test('cancels a statement that takes too long', async () => {
    const pool = createPool(trading.appUrl, { max: 1, applicationName: 'spec', statementTimeoutMs: 50 });
    await expect(pool.query('SELECT pg_sleep(5)')).rejects.toMatchObject({ code: '57014' });
    await pool.end();
  });

  test('a full pool is unavailable after the wait, not for ever', async () => {
    const pool = createPool(trading.appUrl, { max: 1, applicationName: 'spec', connectTimeoutMs: 50 });
    const held = await pool.connect();
    await expect(mapUnavailable(() => pool.query('SELECT 1'))).rejects.toBeInstanceOf(PostgresUnavailable);
    held.release();
    await pool.end();
  });

  test('a server that is not there is unavailable; a violated key is not', async () => {
    const pool = createPool('postgres://x:y@127.0.0.1:1/z', { max: 1, applicationName: 'spec' });
    await expect(mapUnavailable(() => pool.query('SELECT 1'))).rejects.toBeInstanceOf(PostgresUnavailable);
    await pool.end();
    const sql =
      'CREATE TABLE IF NOT EXISTS k (id int CONSTRAINT k_id PRIMARY KEY); INSERT INTO k VALUES (1), (1)';
    const violation: unknown = await mapUnavailable(() => query(trading.ownerUrl, sql)).catch(
      (e: unknown) => e,
    );
    expect([isUniqueViolation(violation), isUniqueViolation(violation, 'k_id')]).toEqual([true, true]);
    expect([isUniqueViolation(violation, 'other'), isConnectionError(violation)]).toEqual([false, false]);
  });
});

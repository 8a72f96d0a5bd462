import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BatchAppender,
  type BatchSource,
  BatchWriter,
  type EventCodec,
  Journal,
  type JournaledEvent,
  journalMigrations,
  pollingSource,
} from '@clearway/platform-journal';
import {
  createPool,
  type EmbeddedPostgres,
  migrate,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import type { Pool, PoolClient } from 'pg';
import { projectionMigrations } from './migrations';
import { type Projection, ProjectionLagError, runProjection } from './run-projection';

const rowsMigration = {
  id: 'spec-rows',
  sql: 'CREATE TABLE spec_rows (shard text, number bigint, value int, PRIMARY KEY (shard, number))',
};
const codec: EventCodec<number> = {
  type: () => 'Number',
  encode: (event) => Buffer.from([event]),
  decode: (_, data) => data[0]!,
};
const context = { actor: 'spec', address: '', device: '', traceparent: '', method: '' };

let place: string;
let server: EmbeddedPostgres;
let pool: Pool;
let shard: string;
let shards = 0;
let appender: BatchAppender;
let warnings: object[];
const running: Projection<number>[] = [];
const writer = new BatchWriter();

beforeAll(async () => {
  place = await temporaryHome('clearway-projection-');
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  server = await startEmbeddedPostgres({ dataDir: join(place, 'p'), log });
  const migrations = [...journalMigrations, ...projectionMigrations, rowsMigration];
  await migrate({ url: server.url, migrations });
  pool = createPool(server.url, { max: 8, applicationName: 'spec-pool' });
});

beforeEach(async () => {
  shard = `spec/${shards++}`;
  warnings = [];
  const journal = new Journal(pool);
  const attempt = await journal.tryAcquire(shard, 'spec');
  if (attempt.outcome !== 'acquired') throw new Error('held');
  appender = await journal.openAppender(attempt.grant, { nextSequence: 1, nextEvent: 0 });
});

afterEach(async () => {
  await Promise.all(running.splice(0).map(async (projection) => projection.stop()));
  await appender.close();
});

afterAll(async () => {
  await pool.end();
  await server.stop();
  rmSync(place, { recursive: true, force: true });
});

/** Commits a batch of events, among them a note of the platform's that no projection may see. */
async function commit(count: number): Promise<number> {
  for (let i = 0; i < count; i++) writer.add('Number', codec.encode(i % 256), context, 1);
  writer.add('platform.Note', Buffer.alloc(0), context, 1);
  const { eventCount } = writer;
  const batch = await appender.append({ eventCount, payload: writer.finish() });
  return batch.firstEvent + batch.eventCount;
}

async function insert(events: readonly JournaledEvent<number>[], client: PoolClient): Promise<void> {
  const numbers = events.map(({ number }) => number);
  const values = events.map(({ event }) => event);
  await client.query(
    'INSERT INTO spec_rows SELECT $1, number, value FROM unnest($2::bigint[], $3::int[]) AS t (number, value)',
    [shard, numbers, values],
  );
}

function start(apply = insert, source?: () => BatchSource, batchEventsMax?: number): Projection<number> {
  const projection = runProjection({
    name: 'rows',
    shard,
    source: source ?? (() => pollingSource(new Journal(pool), shard, 5)),
    pool,
    codec,
    apply,
    ...(batchEventsMax === undefined ? {} : { batchEventsMax }),
    log: { warn: (details) => warnings.push(details) },
  });
  running.push(projection);
  return projection;
}

async function rowCount(): Promise<number> {
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM spec_rows WHERE shard = $1', [shard]);
  return (rows[0] as { n: number }).n;
}

it('applies each event once, gathers batches when it is behind, and lets readers wait for a position', async () => {
  for (let i = 0; i < 40; i++) await commit(10);
  const projection = start();
  await projection.caughtUp(440);
  expect(await rowCount()).toBe(400);
  expect(projection.stats()).toMatchObject({ nextEvent: 440, events: 400, failures: 0 });
  expect(projection.stats().transactions).toBeLessThan(20);
  await projection.caughtUp(await commit(3));
  expect(await rowCount()).toBe(403);
});

it('keeps transactions to about the events allowed', async () => {
  for (let i = 0; i < 20; i++) await commit(9);
  const projection = start(insert, undefined, 20);
  await projection.caughtUp(200);
  expect(projection.stats().transactions).toBeGreaterThanOrEqual(10);
});

it('goes on from its cursor after a stop, and a second runner doubles nothing', async () => {
  const first = start();
  await first.caughtUp(await commit(5));
  await first.stop();
  await commit(5);
  const [second, third] = [start(), start()];
  let head = 0;
  for (let i = 0; i < 30; i++) head = await commit(5);
  await Promise.all([second.caughtUp(head), third.caughtUp(head)]);
  expect(await rowCount()).toBe(160);
  expect(warnings).toEqual([]);
});

it('rolls rows and cursor back together and retries when applying fails', async () => {
  const head = await commit(5);
  let attempts = 0;
  const projection = start(async (events, client) => {
    await insert(events, client);
    if (++attempts <= 2) throw new Error('spec');
  });
  await projection.caughtUp(head);
  expect([attempts, await rowCount(), warnings.length]).toEqual([3, 5, 2]);
  expect(projection.stats().failures).toBe(0);
});

it('survives losing every connection, in the middle of a transaction too', async () => {
  const slow = async (events: readonly JournaledEvent<number>[], client: PoolClient): Promise<void> => {
    await insert(events, client);
    await sleep(5);
  };
  const projection = start(slow);
  let head = 0;
  for (let i = 0; i < 60; i++) {
    head = await commit(4);
    if (i % 15 === 7) {
      const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'spec-pool' AND pid <> pg_backend_pid()`;
      await pool.query(kill).catch(() => undefined);
    }
  }
  await projection.caughtUp(head, 20_000);
  expect(await rowCount()).toBe(240);
});

it('comes back when its source ends or is not there yet', async () => {
  const head = await commit(2);
  let asked = 0;
  const projection = start(insert, () => {
    if (++asked === 1) throw new Error('not serving yet');
    if (asked === 2) return { subscribe: async function* () {} };
    return pollingSource(new Journal(pool), shard, 5);
  });
  await projection.caughtUp(head);
  expect([asked, warnings.length]).toEqual([3, 2]);
});

it('stops after the transaction under way, without the pause that would follow it', async () => {
  let isApplying = (): void => undefined;
  const applying = new Promise<void>((resolve) => {
    isApplying = resolve;
  });
  const projection = start(async (events, client) => {
    await insert(events, client);
    isApplying();
    await sleep(50);
  });
  const nextEvent = await commit(3);
  await applying;
  const beganAtMs = performance.now();
  await projection.stop();
  expect(performance.now() - beganAtMs).toBeLessThan(1_500);
  expect(projection.stats().nextEvent).toBe(nextEvent);
  expect(await rowCount()).toBe(3);
});

it('does not let readers wait for ever', async () => {
  const projection = start();
  await expect(projection.caughtUp(1, 30)).rejects.toThrow(ProjectionLagError);
  const waiting = projection.caughtUp(1);
  const stopped = expect(waiting).rejects.toThrow(ProjectionLagError);
  await projection.stop();
  await stopped;
  await expect(projection.caughtUp(1)).rejects.toThrow(ProjectionLagError);
});

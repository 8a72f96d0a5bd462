import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32c, journalMigrations } from '@clearway/platform-journal';
import {
  createDatabases,
  type EmbeddedPostgres,
  migrate,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import { projectionMigrations } from '@clearway/platform-projection';
import { Client } from 'pg';
import { archiveShard } from './archive-shard';
import { unarchiveShard } from './unarchive-shard';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const SHARD = 'trading/0';
const BATCHES = 10;
const EVENTS_A_BATCH = 5;
const EVENTS = BATCHES * EVENTS_A_BATCH;
const TOMORROW = new Date(Date.now() + 86_400_000);

let place: string;
let server: EmbeddedPostgres;
let database: Client;

beforeAll(async () => {
  place = await temporaryHome('clearway-archive-');
  server = await startEmbeddedPostgres({
    dataDir: join(place, 'p'),
    log,
  });
  const [trading] = await createDatabases(server.url, [
    { service: 'trading', ownerPassword: 'o', appPassword: 'a' },
  ]);
  if (trading === undefined) throw new Error('no database was made');
  await migrate({ url: trading.ownerUrl, migrations: [...journalMigrations, ...projectionMigrations] });
  database = new Client({ connectionString: trading.ownerUrl });
  await database.connect();
});

afterAll(async () => {
  await database?.end();
  await server?.stop();
  await rm(place, { recursive: true, force: true });
});

/** A journal of ten batches, three snapshots of which the oldest is at `snapshotAt`, and a read model at `cursorAt`. */
async function journal({ snapshotAt = EVENTS, cursorAt = EVENTS }): Promise<void> {
  await database.query('TRUNCATE journal_batches, journal_snapshots, projection_cursors');
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const payload = Buffer.from(`batch ${batch} `.repeat(50));
    const row = [
      SHARD,
      batch + 1,
      1 + Math.floor(batch / 4),
      batch * EVENTS_A_BATCH,
      EVENTS_A_BATCH,
      payload,
      crc32c(payload),
    ];
    await database.query('INSERT INTO journal_batches VALUES ($1, $2, $3, $4, $5, $6, $7)', row);
  }
  for (const at of new Set([snapshotAt, EVENTS]))
    await database.query("INSERT INTO journal_snapshots VALUES ($1, $2, 1, 0, 'm', '', sha256(''))", [
      SHARD,
      at,
    ]);
  await database.query("INSERT INTO projection_cursors VALUES ('orders', $1, $2)", [SHARD, cursorAt]);
}

const rows = async (): Promise<unknown[]> =>
  (await database.query('SELECT *, written_at::text FROM journal_batches ORDER BY seq')).rows;
const kept = async (): Promise<number[]> =>
  (await database.query<{ seq: string }>('SELECT seq FROM journal_batches ORDER BY seq')).rows.map(
    ({ seq }) => Number(seq),
  );

let folders = 0;
async function archive(differing: Partial<Parameters<typeof archiveShard>[0]> = {}) {
  folders += 1;
  const dir = join(place, `archive-${folders}`);
  const options = {
    database,
    shard: SHARD,
    dir,
    before: TOMORROW,
    auditedEvents: EVENTS,
    drops: true,
    ...differing,
  };
  return { dir, segments: await archiveShard(options) };
}

describe('archiveShard', () => {
  test.each([
    ['the oldest kept snapshot', { snapshotAt: 22 }, {}, 5],
    ['a read model that lags', { cursorAt: 15 }, {}, 4],
    ['audit', {}, { auditedEvents: 31 }, 7],
    ['the age that is asked for', {}, { before: new Date(0) }, 1],
  ])('keeps what %s needs', async (_, made, wished, firstKept) => {
    await journal(made);
    await archive(wished);
    expect((await kept())[0]).toBe(firstKept);
  });

  test('keeps everything while there is no snapshot to start from', async () => {
    await journal({});
    await database.query('TRUNCATE journal_snapshots');
    expect((await archive()).segments).toEqual([]);
    expect(await kept()).toHaveLength(BATCHES);
  });

  test('keeps the newest batch, which tells where the journal stands, when nobody needs any', async () => {
    await journal({});
    await archive();
    expect(await kept()).toEqual([BATCHES]);
  });

  test('drops nothing unless asked to', async () => {
    await journal({});
    const { segments } = await archive({ drops: false });
    expect(segments).toMatchObject([
      { batches: BATCHES - 1, firstEvent: 0, nextEvent: EVENTS - EVENTS_A_BATCH, dropped: false },
    ]);
    expect(await kept()).toHaveLength(BATCHES);
  });
});

describe('unarchiveShard', () => {
  test('puts every row back as it was, over several files, and again without harm', async () => {
    await journal({});
    const before = await rows();
    const { dir } = await archive({ auditedEvents: 20 });
    await archiveShard({ database, shard: SHARD, dir, before: TOMORROW, auditedEvents: 40, drops: true });
    expect(await readdir(join(dir, 'trading-0'))).toEqual([
      '000000000001-000000000004.jsonl.zst',
      '000000000005-000000000008.jsonl.zst',
    ]);
    expect(await kept()).toEqual([9, 10]);
    expect(await unarchiveShard(database, SHARD, dir)).toBe(8);
    expect(await rows()).toEqual(before);
    expect(await unarchiveShard(database, SHARD, dir)).toBe(0);
  });

  test('refuses a damaged file and a missing one, and changes nothing', async () => {
    await journal({});
    const { dir } = await archive({ auditedEvents: 20 });
    await archiveShard({ database, shard: SHARD, dir, before: TOMORROW, auditedEvents: 40, drops: true });
    const newest = join(dir, 'trading-0', '000000000005-000000000008.jsonl.zst');
    const bytes = await readFile(newest);
    await writeFile(newest, Buffer.concat([bytes.subarray(0, -9), Buffer.alloc(9)]));
    await expect(unarchiveShard(database, SHARD, dir)).rejects.toThrow();
    await rm(newest);
    await expect(unarchiveShard(database, SHARD, dir)).rejects.toThrow(/a file is missing/);
    expect(await kept()).toEqual([9, 10]);
  });
});

import { rmSync } from 'node:fs';
import {
  createPool,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import type { Pool, PoolClient } from 'pg';
import { plainArray } from './array-literals';
import { copyRows } from './copy-rows';
import { parameterRows, piecesOf } from './parameter-rows';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const ODD_TEXTS = [
  '',
  '\\N',
  '\\.',
  'tab\there',
  'line\nbreak\r',
  'back\\slash',
  '"{,}"',
  'Zürich 東京 🚀',
  null,
];

let place: string;
let server: EmbeddedPostgres;
let pool: Pool;
let client: PoolClient;

beforeAll(async () => {
  place = await temporaryHome('clearway-copy-');
  server = await startEmbeddedPostgres({ dataDir: place, log });
  pool = createPool(server.url, { max: 1, applicationName: 'copy-spec' });
});

beforeEach(async () => {
  client = await pool.connect();
  await client.query(`CREATE TABLE things (shard text, number bigint, name text, amount numeric, open boolean, at timestamptz,
    PRIMARY KEY (shard, number))`);
  // No statistics, ever: what a table is before it is analysed for the first time.
  await client.query('ALTER TABLE things SET (autovacuum_enabled = false)');
});

afterEach(async () => {
  await client.query('DROP TABLE things');
  client.release();
});

afterAll(async () => {
  await pool.end();
  await server.stop();
  rmSync(place, { recursive: true, force: true });
});

it('brings every row into the table as it is, over several statements', async () => {
  const numbers = Array.from({ length: 4_500 }, (_, number) => number);
  const nameOf = (number: number): string | null => ODD_TEXTS[number % ODD_TEXTS.length]!;
  await copyRows(client, 'things (shard, number, name, amount, open, at)', numbers, (to, number) => {
    to.text('s')
      .integer(number)
      .text(nameOf(number))
      .integer(-(10n ** 30n))
      .boolean(number % 2 === 0);
    to.timestamp(1_700_000_000_123_456 + number);
  });
  const { rows } = await client.query(`SELECT number::int, name, amount::text, open,
    (extract(epoch FROM at) * 1000000)::bigint::text AS at FROM things ORDER BY number`);
  expect(rows).toEqual(
    numbers.map((number) => ({
      number,
      name: nameOf(number),
      amount: String(-(10n ** 30n)),
      open: number % 2 === 0,
      at: String(1_700_000_000_123_456 + number),
    })),
  );
});

it('fails with what Postgres says, leaves nothing, and leaves the client in order', async () => {
  await client.query('BEGIN');
  const twice = copyRows(client, 'things (shard, number)', [1, 2, 1], (to, number) =>
    to.text('s').integer(number),
  );
  await expect(twice).rejects.toMatchObject({ code: '23505' });
  await client.query('ROLLBACK');
  expect((await client.query('SELECT * FROM things')).rows).toEqual([]);
});

it.each([
  { size: 50_000, analysed: false },
  { size: 200_000, analysed: false },
  { size: 200_000, analysed: true },
])('rows of parameters are looked up by their key: $size rows, analysed: $analysed', async (table) => {
  await client.query(`INSERT INTO things SELECT 's', n FROM generate_series(1, $1::int) n`, [table.size]);
  if (table.analysed) await client.query('ANALYZE things');
  const sql = `UPDATE things t SET open = true FROM ${parameterRows({ number: 'bigint' }, 2)} AS r
    WHERE t.shard = $1 AND t.number = r.number`;
  const numbers = Array.from({ length: 2_000 }, (_, index) => index * 10);
  const values = ['s', plainArray(numbers)];
  const plan = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, values);
  const lines = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(lines).toContain('Nested Loop');
  expect(lines).toMatch(/Index Cond: \(\(shard = 's'::text\) AND \(number = .*\)\)/);
  expect(lines).not.toContain('Seq Scan');
  expect((await client.query(sql, values)).rowCount).toBe(1_999);
});

it('fails when the session is lost before the rows are taken', async () => {
  const others = createPool(server.url, { max: 1, applicationName: 'copy-spec-other' });
  const session = createPool(server.url, { max: 1, applicationName: 'copy-spec-lost' });
  const lost = await session.connect();
  try {
    const { rows } = await lost.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const other = await others.connect();
    await other.query('BEGIN; LOCK TABLE things IN ACCESS EXCLUSIVE MODE');
    const copying = copyRows(lost, 'things (shard, number)', [1, 2], (to, number) =>
      to.text('s').integer(number),
    );
    const failed = expect(copying).rejects.toThrow(/terminat/i);
    await other.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
    await failed;
    await other.query('ROLLBACK');
    other.release();
  } finally {
    lost.release(true);
    await Promise.all([session.end(), others.end()]);
  }
  expect((await client.query('SELECT * FROM things')).rows).toEqual([]);
}, 20_000);

it('cuts what is long into pieces', () => {
  const pieces = piecesOf(Array.from({ length: 4_001 }, (_, index) => index));
  expect(pieces.map((piece) => piece.length)).toEqual([2_000, 2_000, 1]);
  expect(pieces.flat()).toHaveLength(4_001);
  expect(piecesOf([])).toEqual([]);
});

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { journal, trading } from '@clearway/contracts';
import {
  CompactRange,
  type LeavesAppended,
  verifyConsistency,
  verifyInclusion,
} from '@clearway/domain-audit';
import {
  createDatabases,
  createPool,
  type EmbeddedPostgres,
  migrate,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import type { Pool } from 'pg';
import { leafHashesOf } from '../codec/source-batch';
import { auditMigrations } from '../migrations';
import { insertEntries, readNextLeaf } from './audit-entries.projection';
import { BLOCK_LEAVES } from './block-parts';
import { EventIndex } from './event-index';
import { MemoryLeaves } from './leaf-source.fixture';
import { leavesBetween } from './leaf-times';
import { ProofStore } from './proof-store';
import { readTotals } from './read-model-totals';
import { candidatesSql, type EntrySearch, searchEntries } from './search-entries';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const NOVEMBER = Date.UTC(2026, 10, 30, 23, 59, 59) * 1_000;
const DECEMBER = Date.UTC(2026, 11, 1) * 1_000;
const TRACE = 'a'.repeat(32);

let dir: string;
let postgres: EmbeddedPostgres;
let pool: Pool;
let ownerUrl: string;
let journalEvents = 0;
let index = new EventIndex();
let leafSource = new MemoryLeaves();

const TABLES = [
  'audit_blocks',
  'audit_entries_head',
  'audit_tiles',
  'audit_batches',
  'audit_checkpoints',
  'audit_subjects',
  'audit_pending_subjects',
];

beforeAll(async () => {
  dir = await temporaryHome('clearway-audit-');
  postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), log: SILENT });
  const passwords = { ownerPassword: 'owner', appPassword: 'app' };
  const [urls] = await createDatabases(postgres.url, [{ service: 'audit', ...passwords }]);
  ownerUrl = urls!.ownerUrl;
  await migrate({ url: ownerUrl, migrations: auditMigrations });
  pool = createPool(urls!.appUrl, { max: 2, applicationName: 'audit-entries-spec' });
}, 60_000);

afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

beforeEach(async () => {
  for (const table of TABLES) await pool.query(`DELETE FROM ${table}`);
  journalEvents = 0;
  index = new EventIndex();
  leafSource = new MemoryLeaves();
});

function accepted(orderNumber: number, account: string): Buffer {
  const value = { ...trading.OrderAccepted.decode(new Uint8Array(0)), orderNumber, account, clOrdId: 'x\0y' };
  return Buffer.from(trading.TradingEvent.encode({ event: { $case: 'orderAccepted', value } }).finish());
}

/** One batch of OrderAccepted events, each at the time given for it. */
function leaves(firstEvent: number, times: readonly number[], account = 'alice.main'): LeavesAppended {
  const actor = `spiffe://clearway/participant/${account.split('.')[0]}`;
  const traceparent = `00-${TRACE}-${'b'.repeat(16)}-01`;
  const payload = Buffer.from(
    journal.Batch.encode({
      contexts: times.map((atMicros) => ({
        atMicros,
        actor,
        address: '10.0.0.1:1',
        device: 'cli\0',
        traceparent,
        method: 'm',
      })),
      events: times.map((_, i) => ({
        context: i,
        type: 'OrderAccepted',
        data: accepted(firstEvent + i, account),
      })),
    }).finish(),
  );
  const leafHashes = leafHashesOf('trading/0', firstEvent, payload);
  return { kind: 'LeavesAppended', sourceShard: 'trading/0', firstEvent, leafHashes, payload };
}

async function project(...events: LeavesAppended[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const context = journal.CommandContext.decode(new Uint8Array(0));
    const journaled = events.map((event) => ({ number: journalEvents++, type: event.kind, event, context }));
    await insertEntries(client, 'audit/0', journaled, index);
    await client.query('COMMIT');
    leafSource.add(journaled);
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

/** The entries of a search's first page. */
async function search(keys: Partial<EntrySearch>) {
  const { entries } = await searchEntries(pool, leafSource, { fromLeaf: 0, limit: 10, ...keys });
  return entries;
}

it('writes what is found into the month of its time, as the role without rights on the schema', async () => {
  await project(leaves(0, [NOVEMBER, DECEMBER]), leaves(2, [DECEMBER], 'bob.main'));
  await project(leaves(3, [NOVEMBER]));
  expect(await readNextLeaf(pool, 'audit/0')).toBe(4);
  const { rows } = await pool.query(
    `SELECT tableoid::regclass::text AS name, first_leaf::int, last_leaf::int, entries FROM audit_blocks
     ORDER BY 1, 2`,
  );
  expect(rows).toEqual([
    { name: 'audit_blocks_2026_11', first_leaf: 0, last_leaf: 0, entries: 1 },
    { name: 'audit_blocks_2026_11', first_leaf: 3, last_leaf: 3, entries: 1 },
    { name: 'audit_blocks_2026_12', first_leaf: 1, last_leaf: 2, entries: 2 },
  ]);
  await expect(pool.query('CREATE TABLE mine ()')).rejects.toMatchObject({ code: '42501' });
});

it('is found by each key, in the order of the tree', async () => {
  const batch = leaves(0, [NOVEMBER, DECEMBER]);
  await project(batch, leaves(2, [DECEMBER], 'bob.main'));
  const found = async (keys: object): Promise<number[]> => {
    const entries = await search(keys);
    return entries.map(({ leafIndex }) => leafIndex);
  };
  expect(await found({})).toEqual([0, 1, 2]);
  expect(await found({ account: 'alice.main' })).toEqual([0, 1]);
  expect(await found({ actor: 'spiffe://clearway/participant/bob' })).toEqual([2]);
  expect(await found({ resource: 'order/trading/0:1' })).toEqual([1]);
  expect(await found({ action: 'OrderAccepted', limit: 2 })).toEqual([0, 1]);
  expect(await found({ action: 'OrderRejected' })).toEqual([]);
  expect(await found({ traceId: TRACE, fromLeaf: 1 })).toEqual([1, 2]);
  expect(await found({ fromMicros: DECEMBER })).toEqual([1, 2]);
  expect(await found({ toMicros: DECEMBER })).toEqual([0]);
  expect(await found({ account: 'alice.main', toMicros: NOVEMBER })).toEqual([]);
  const [entry] = await search({ fromLeaf: 1, limit: 1 });
  expect(entry).toEqual({
    leafIndex: 1,
    shard: 'trading/0',
    eventNumber: 1,
    atMicros: DECEMBER,
    actor: 'spiffe://clearway/participant/alice',
    action: 'OrderAccepted',
    resource: 'order/trading/0:1',
    address: '10.0.0.1:1',
    device: 'cli\uFFFD',
    result: 'ACCEPTED',
    account: 'alice.main',
    traceId: TRACE,
    method: 'm',
    detailJson: expect.stringContaining('"clOrdId":"x\\u0000y"'),
    leafHash: Buffer.from(batch.leafHashes.subarray(32)),
    riskScore: 0,
    orders: ['trading/0:1'],
    accounts: ['alice.main'],
    participants: ['alice'],
  });
});

it('counts the leaves of several blocks, and none when the transaction fails', async () => {
  const count = 2 * BLOCK_LEAVES + 1;
  const many = leaves(0, Array<number>(count).fill(NOVEMBER));
  await expect(project(many, { ...many, leafHashes: many.leafHashes.subarray(1) })).rejects.toThrow();
  expect(await readTotals(pool, 'audit/0')).toEqual({ nextLeaf: 0, sources: [] });
  await project(many);
  expect(await readTotals(pool, 'audit/0')).toEqual({
    nextLeaf: count,
    sources: [
      {
        shard: 'trading/0',
        rows: count,
        firstEvent: 0,
        lastEvent: count - 1,
        eventSum: (BigInt(count) * BigInt(count - 1)) / 2n,
      },
    ],
  });
});

it('pages through every entry once, whatever the page size and however leaves were gathered', async () => {
  const owner = (leaf: number) => (leaf % 3 === 0 ? 'alice.main' : 'bob.main');
  const count = 2 * BLOCK_LEAVES + 100;
  const runs = [1, 7, 300, BLOCK_LEAVES, count - BLOCK_LEAVES - 308];
  let leaf = 0;
  for (const run of runs) {
    const batches = Array.from({ length: run }, (_, i) =>
      leaves(leaf + i, [NOVEMBER + leaf + i], owner(leaf + i)),
    );
    await project(...batches);
    leaf += run;
  }
  const wanted = Array.from({ length: count }, (_, i) => i).filter((i) => owner(i) === 'alice.main');
  for (const limit of [7, 500]) {
    const found: number[] = [];
    for (let fromLeaf: number | undefined = 0; fromLeaf !== undefined; ) {
      const page = await searchEntries(pool, leafSource, { account: 'alice.main', fromLeaf, limit });
      expect(page.entries.length).toBeLessThanOrEqual(limit);
      found.push(...page.entries.map(({ leafIndex }) => leafIndex));
      fromLeaf = page.nextLeaf;
    }
    expect(found).toEqual(wanted);
  }
  const narrow = { fromMicros: NOVEMBER + 1_000, toMicros: NOVEMBER + 1_010, account: 'alice.main' };
  expect((await search(narrow)).map(({ leafIndex }) => leafIndex)).toEqual([1_002, 1_005, 1_008]);
}, 30_000);

it('makes a partition once, also when two ask at the same time, and none for nonsense', async () => {
  const january = DECEMBER + 31 * 86_400_000_000;
  const ask = 'SELECT ensure_audit_partition($1) AS name';
  const answers = await Promise.all([pool.query(ask, [january]), pool.query(ask, [january])]);
  expect(answers.map(({ rows }) => rows[0].name)).toEqual(['audit_blocks_2027_01', 'audit_blocks_2027_01']);
  await expect(pool.query(ask, [1e16])).rejects.toMatchObject({ code: '22008' });
  await expect(pool.query(ask, [null])).rejects.toMatchObject({ code: '22008' });
});

it('searches a key by its index, not by reading everything', async () => {
  for (let row = 0; row < 300; row++) await project(leaves(row, [NOVEMBER]));
  await project(leaves(300, [NOVEMBER], 'bob.main'));
  const owner = createPool(ownerUrl, { max: 1, applicationName: 'audit-entries-spec' });
  await owner.query('VACUUM ANALYZE audit_blocks');
  await owner.end();
  const { sql, values } = candidatesSql({ account: 'bob.main', fromLeaf: 0, limit: 101 }, 0, 0);
  const { rows } = await pool.query(`EXPLAIN ${sql}`, values);
  expect(JSON.stringify(rows)).toContain('Bitmap Index Scan on audit_blocks_2026_11_keys_idx');
}, 30_000);

it('proves every leaf and every older tree from a few stored tiles', async () => {
  const batches = [0, 300, 512, 700].map((first, i, all) =>
    leaves(first, Array<number>((all[i + 1] ?? 1_000) - first).fill(NOVEMBER)),
  );
  for (const batch of batches) await project(batch);
  const store = new ProofStore(pool, 'audit/0');
  const range = new CompactRange();
  const roots = [range.root()];
  const hashes = batches.flatMap(({ leafHashes }) =>
    Array.from({ length: leafHashes.length / 32 }, (_, i) => leafHashes.subarray(i * 32, i * 32 + 32)),
  );
  for (const hash of hashes) {
    range.append(hash);
    roots.push(range.root());
  }
  expect(await store.size()).toBe(1_000);
  for (const index of [0, 255, 256, 511, 999]) {
    const { leafHash, proof, rootHash } = await store.inclusion(index, 1_000);
    expect(Buffer.from(leafHash)).toEqual(Buffer.from(hashes[index]!));
    expect(Buffer.from(rootHash)).toEqual(Buffer.from(roots[1_000]!));
    expect(verifyInclusion({ leafHash, index, size: 1_000, proof, rootHash })).toBe(true);
  }
  for (const firstSize of [0, 1, 256, 777, 1_000]) {
    const { proof, firstRootHash, rootHash } = await store.consistency(firstSize, 1_000);
    expect(Buffer.from(firstRootHash)).toEqual(Buffer.from(roots[firstSize]!));
    const claim = { firstSize, firstRootHash, secondSize: 1_000, secondRootHash: rootHash, proof };
    expect(verifyConsistency(claim)).toBe(true);
  }
  expect(
    await Promise.all([0, 299, 300, 999, 1_000].map((event) => store.leafOf('trading/0', event))),
  ).toEqual([0, 299, 300, 999, undefined]);
  expect(await store.leafOf('risk/0', 0)).toBeUndefined();
  expect(await store.batchOf(600)).toEqual({ firstLeaf: 512, journalEvent: 2 });
});

it('finds the first and the last leaf of a time to the leaf', async () => {
  await project(leaves(0, [NOVEMBER, NOVEMBER + 5, DECEMBER, NOVEMBER + 7, DECEMBER + 1]));
  const between = async (from: number, to: number) => leavesBetween(pool, leafSource, from, to);
  expect(await between(NOVEMBER, DECEMBER)).toEqual({ from: 0, to: 4 });
  expect(await between(NOVEMBER + 1, NOVEMBER + 7)).toEqual({ from: 1, to: 2 });
  expect(await between(NOVEMBER + 6, DECEMBER + 1)).toEqual({ from: 2, to: 4 });
  expect(await between(0, Number.MAX_SAFE_INTEGER)).toEqual({ from: 0, to: 5 });
  expect(await between(DECEMBER + 2, DECEMBER + 3)).toBeUndefined();
});

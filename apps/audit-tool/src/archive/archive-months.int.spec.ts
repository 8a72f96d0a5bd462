import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { audit } from '@clearway/contracts';
import { decodeEntry, leafHash } from '@clearway/domain-audit';
import { type EmbeddedPostgres, startEmbeddedPostgres, temporaryHome } from '@clearway/platform-postgres';
import { Client } from 'pg';
import { fromBase64 } from '../file/export-lines';
import { linesOfFile } from '../file/line-reader';
import type { AuditClient } from '../stack';
import { SampleLog } from '../verify/sample-log.fixture';
import { verifyExport } from '../verify/verify-export';
import { archiveBefore, archiveMonths } from './archive-months';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const MAY = Date.UTC(2026, 4, 1) * 1_000;
const JUNE = Date.UTC(2026, 5, 1) * 1_000;
const JULY = Date.UTC(2026, 6, 1) * 1_000;
const SIZE = 60;
const log = new SampleLog().fill(SIZE);

/** The tables of audit that archiving touches; audit's own migrations make them. */
const TABLES = `
  CREATE TABLE audit_blocks (first_leaf bigint, last_leaf bigint, from_micros bigint, sources text[], event_counts bigint[],
    first_events bigint[], last_events bigint[], event_sums numeric[]) PARTITION BY RANGE (from_micros);
  CREATE TABLE audit_blocks_2026_05 PARTITION OF audit_blocks FOR VALUES FROM (${MAY}) TO (${JUNE});
  CREATE TABLE audit_blocks_2026_06 PARTITION OF audit_blocks FOR VALUES FROM (${JUNE}) TO (${JULY});
  CREATE TABLE audit_subjects (series text, page bigint, at_micros bigint);
  INSERT INTO audit_subjects VALUES ('order/trading/0', 1, ${MAY}), ('order/trading/0', 2, ${JUNE});
  CREATE TABLE audit_archived (partition_name text, source_shard text, rows bigint, first_event bigint,
    last_event bigint, event_sum numeric, file text, PRIMARY KEY (partition_name, source_shard));`;

/** A row of one leaf. */
const INSERT = `INSERT INTO audit_blocks
  VALUES ($1, $1, $2, ARRAY[$3], ARRAY[1], ARRAY[$4::bigint], ARRAY[$4::bigint], ARRAY[$4::numeric])`;

let dir: string;
let postgres: EmbeddedPostgres;
let database: Client;

beforeAll(async () => {
  dir = await temporaryHome('clearway-archive-');
  postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), log: SILENT });
  database = new Client({ connectionString: postgres.url });
  await database.connect();
  await database.query(TABLES);
  for (const [leaf, bytes] of log.entries.entries()) {
    const decoded = decodeEntry(bytes);
    if (decoded.kind !== 'entry') throw new Error(decoded.defect);
    const { sourceShard, eventNumber } = decoded.entry;
    await database.query(INSERT, [leaf, timeOf(leaf), sourceShard, eventNumber]);
  }
}, 60_000);

afterAll(async () => {
  await database?.end();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Leaves up to 39 are of May, apart from 37 of June: sources do not wait for each other at midnight. */
function timeOf(leaf: number): number {
  return (leaf < 40 && leaf !== 37 ? MAY : JUNE) + leaf;
}

/** Audit as far as an export calls it, over the sample log. */
const client = {
  async *stream(_: 'exportEntries', { fromMicros, toMicros }: audit.ExportEntriesRequest) {
    const within = log.entries
      .map((_bytes, i) => i)
      .filter((i) => timeOf(i) >= fromMicros && timeOf(i) < toMicros);
    const [from, to] = [within[0] ?? 0, (within.at(-1) ?? -1) + 1];
    const [first] = log.export(from, to);
    const { checkpoint, verifierKey, nodes } = JSON.parse(first!) as {
      checkpoint: string;
      verifierKey: string;
      nodes: { level: number; index: number; hash: string }[];
    };
    const head = {
      checkpoint,
      verifierKey,
      fromLeaf: from,
      toLeaf: to,
      nodes: nodes.map(({ hash, ...place }) => ({ ...place, hash: fromBase64(hash) })),
    };
    yield { head, firstLeaf: 0, entries: [], leafHashes: Buffer.alloc(0) };
    const entries = log.entries.slice(from, to).map((bytes) => Buffer.from(bytes));
    yield { head: undefined, firstLeaf: from, entries, leafHashes: Buffer.concat(entries.map(leafHash)) };
  },
  async call(method: string, { leafIndex = 0 }: { leafIndex?: number }) {
    if (method === 'getCheckpoint') return { verifierKey: log.verifierKey };
    if (method === 'listCheckpoints') return { checkpoints: [] };
    const line = log.export(leafIndex, leafIndex + 1).find((text) => text.startsWith('{"type":"inclusion"'));
    const { hash, proof } = JSON.parse(line!) as { hash: string; proof: string[] };
    return { leafHash: fromBase64(hash), proof: proof.map(fromBase64) };
  },
} as unknown as AuditClient;

it('keeps the hot days', () => {
  const now = Date.UTC(2026, 10, 22);
  expect(archiveBefore(now, 180)).toBe(Date.UTC(2026, 4, 26) * 1_000);
  expect(() => archiveBefore(now, 179)).toThrow('the last 180 days are never archived');
  expect(() => archiveBefore(now, Number.NaN)).toThrow(RangeError);
});

it('writes and verifies whole months, and drops none that it was not asked to', async () => {
  const options = { database, client, dir: join(dir), beforeMicros: JULY - 1, drops: false };
  const months = await archiveMonths(options);
  expect(months).toMatchObject([{ name: 'audit_blocks_2026_05', entries: 40, fromLeaf: 0, toLeaf: 40 }]);
  expect((await readdir(dir)).filter((name) => name.startsWith('audit'))).toEqual([
    'audit-entries-2026-05-leaves-0-40.jsonl',
  ]);
  const { rows } = await database.query('SELECT count(*)::int AS count FROM audit_blocks');
  expect(rows).toEqual([{ count: SIZE }]);
});

it('drops a month whose file verifies, and remembers what it held', async () => {
  const [may] = await archiveMonths({ database, client, dir, beforeMicros: JUNE, drops: true });
  expect(may?.dropped).toBe(true);
  expect((await verifyExport(linesOfFile(may!.file), { verifierKey: log.verifierKey })).findings).toEqual([]);
  const { rows } = await database.query(
    'SELECT source_shard, rows::int, first_event::int, last_event::int, event_sum::int FROM audit_archived ORDER BY 1',
  );
  expect(rows).toEqual([
    { source_shard: 'risk/0', rows: 13, first_event: 0, last_event: 12, event_sum: 78 },
    { source_shard: 'trading/0', rows: 26, first_event: 0, last_event: 26, event_sum: 351 - 25 },
  ]);
  const left = await database.query('SELECT count(*)::int AS count FROM audit_blocks');
  expect(left.rows).toEqual([{ count: SIZE - 39 }]);
  expect((await database.query('SELECT page::int FROM audit_subjects')).rows).toEqual([{ page: 2 }]);
});

it('drops nothing that came after the file was written', async () => {
  await database.query(INSERT, [SIZE + 5, JUNE, 'risk/0', 99]);
  const asked = archiveMonths({ database, client, dir, beforeMicros: JULY, drops: true });
  await expect(asked).rejects.toThrow('audit_blocks_2026_06 has entries that are not in');
  const left = await database.query('SELECT count(*)::int AS count FROM audit_blocks');
  expect(left.rows).toEqual([{ count: SIZE - 39 + 1 }]);
});

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { audit, common, journal } from '@clearway/contracts';
import {
  auditMachine,
  CompactRange,
  decodeEntry,
  encodeEntry,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  rangeRoot,
  verifyConsistency,
  verifyInclusion,
} from '@clearway/domain-audit';
import { type CommittedBatch, encodePlain, Journal } from '@clearway/platform-journal';
import { ensureDevelopmentPki, type TlsPaths } from '@clearway/platform-pki';
import {
  createDatabases,
  createPool,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import { createRpcClient, tlsFilesOf, type WireService } from '@clearway/platform-rpc';
import { type RunningService, startService } from '@clearway/platform-service';
import { rebuildState, storeSnapshot } from '@clearway/platform-shard';
import { auditEventCodec } from './codec/audit-event.codec';
import { entriesOf, sliceBatch } from './codec/source-batch';
import { type AuditSettings, loadAuditSettings } from './config';
import { loadLogKey } from './effects/log-key';
import { FakeSource, freePort, SILENT, TRACE } from './fake-source.fixture';
import { wireAudit } from './wiring';

const ORIGIN = 'clearway.example/audit/0';

let dir: string;
let postgres: EmbeddedPostgres;
let pki: ReadonlyMap<string, TlsPaths>;
let settings: AuditSettings;
let running: RunningService;
let tradingSource: FakeSource;
let riskSource: FakeSource;
const clients: { close(): void }[] = [];

beforeAll(async () => {
  dir = await temporaryHome('clearway-audit-');
  postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), log: SILENT });
  const passwords = { ownerPassword: 'owner', appPassword: 'app' };
  const [urls] = await createDatabases(postgres.url, [{ service: 'audit', ...passwords }]);
  pki = await ensureDevelopmentPki(join(dir, 'pki'), [
    ...['audit', 'trading', 'risk'].map((name) => ({ kind: 'service' as const, name })),
    { kind: 'operator', name: 'olivia' },
    { kind: 'participant', name: 'alice' },
  ]);
  const [tradingPort, riskPort] = [await freePort(), await freePort()];
  tradingSource = new FakeSource('trading/0', tlsOf('svc/trading'), `127.0.0.1:${tradingPort}`);
  riskSource = new FakeSource('risk/0', tlsOf('svc/risk'), `127.0.0.1:${riskPort}`);
  const own = tlsOf('svc/audit');
  settings = loadAuditSettings({
    CLEARWAY_LISTEN: '127.0.0.1:0',
    CLEARWAY_POSTGRES_URL: urls?.appUrl,
    CLEARWAY_POSTGRES_OWNER_URL: urls?.ownerUrl,
    CLEARWAY_TLS_CA: own.ca,
    CLEARWAY_TLS_CERT: own.cert,
    CLEARWAY_TLS_KEY: own.key,
    CLEARWAY_LOG_LEVEL: 'silent',
    CLEARWAY_INSTANCE: 'audit-test',
    CLEARWAY_SOURCES: `trading/0=127.0.0.1:${tradingPort},risk/0=127.0.0.1:${riskPort}`,
    CLEARWAY_AUDIT_KEY: join(dir, 'log.pem'),
    CLEARWAY_DEVELOPMENT: 'true',
  });
}, 60_000);

afterAll(async () => {
  for (const client of clients) client.close();
  await running?.stop();
  await tradingSource?.stop();
  await riskSource?.stop();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

function tlsOf(subject: string): TlsPaths {
  return pki.get(`spiffe://clearway/${subject}`) as TlsPaths;
}

async function start(): Promise<void> {
  const logKey = await loadLogKey({
    path: settings.CLEARWAY_AUDIT_KEY,
    origin: settings.CLEARWAY_AUDIT_ORIGIN,
    isDevelopment: settings.CLEARWAY_DEVELOPMENT,
  });
  running = await startService(wireAudit(settings, logKey));
  await running.whenReady();
}

function as<Service extends WireService>(subject: string, service: Service) {
  const address = `127.0.0.1:${running.port}`;
  const client = createRpcClient(
    { service },
    { address, tls: tlsFilesOf(tlsOf(subject)), expect: 'svc/audit', log: SILENT },
  );
  clients.push(client);
  return client;
}

const auditor = () => as('operator/olivia', audit.AuditServiceService);

async function coveredEvents(): Promise<Record<string, number>> {
  const { shards, treeSize } = await auditor().call('listCoverage', {});
  expect(shards.reduce((sum, { nextEvent }) => sum + nextEvent, 0)).toBe(treeSize);
  return Object.fromEntries(shards.map(({ shard, nextEvent }) => [shard, nextEvent]));
}

async function untilCovered(expected: Record<string, number>): Promise<void> {
  const startedAtMs = Date.now();
  let covered = await coveredEvents();
  while (JSON.stringify(covered) !== JSON.stringify(expected)) {
    if (Date.now() - startedAtMs > 10_000) expect(covered).toEqual(expected);
    await new Promise((resolve) => setTimeout(resolve, 25));
    covered = await coveredEvents();
  }
}

async function brokenInvariants(): Promise<string[]> {
  const answer = await as('operator/olivia', common.InvariantServiceService).call('checkInvariants', {});
  expect(answer.results).toHaveLength(5);
  return answer.results.filter(({ holds }) => !holds).map(({ name, detail }) => `${name}: ${detail}`);
}

async function entries(request: Partial<audit.ListEntriesRequest>): Promise<audit.ListEntriesResponse> {
  return auditor().call('listEntries', { ...audit.ListEntriesRequest.decode(new Uint8Array(0)), ...request });
}

/** The root over what the read model shows, and over what anyone computes from the sources' own batches. */
async function rootsBySize(size: number): Promise<Uint8Array[]> {
  const shown = new CompactRange();
  const computed = new CompactRange();
  for (let pageToken = '', leaves = 0; leaves < size; ) {
    const page = await entries({ pageToken, pageSize: 500 });
    for (const { leafHash: hash, shard, eventNumber } of page.entries.slice(0, size - leaves)) {
      shown.append(hash);
      computed.append(leafOf(shard === 'trading/0' ? tradingSource : riskSource, eventNumber));
    }
    leaves += page.entries.length;
    pageToken = page.nextPageToken;
    if (pageToken === '') break;
  }
  return [shown.root(), computed.root()];
}

function leafOf(source: FakeSource, eventNumber: number): Uint8Array {
  const batch = source.batches.find(
    ({ firstEvent, eventCount }) => firstEvent <= eventNumber && eventNumber < firstEvent + eventCount,
  ) as CommittedBatch;
  const all = entriesOf(source.shard, batch.firstEvent, sliceBatch(batch.payload));
  const bytes = encodeEntry(all[eventNumber - batch.firstEvent]!);
  expect(decodeEntry(bytes).kind).toBe('entry');
  return leafHash(bytes);
}

async function openedCheckpoint(): Promise<{ readonly size: number; readonly rootHash: Uint8Array }> {
  const { checkpoint, verifierKey } = await auditor().call('getCheckpoint', {});
  const key = parseVerifierKey(verifierKey);
  if (key.kind !== 'verifier') throw new Error(key.reason);
  const opened = openCheckpoint(checkpoint, ORIGIN, [key.verifier]);
  if (opened.kind !== 'opened') throw new Error(opened.kind);
  return opened.checkpoint;
}

async function takeSnapshot(): Promise<number> {
  const pool = createPool(settings.CLEARWAY_POSTGRES_URL, { max: 1, applicationName: 'audit-snapshot' });
  try {
    const journal = new Journal(pool);
    const options = { shardId: 'audit/0', machine: auditMachine, codec: auditEventCodec, journal };
    const { state, position, lastMicros } = await rebuildState(options);
    const bytes = encodePlain(auditMachine.snapshot(state));
    await storeSnapshot(options, { ...position, lastMicros }, bytes, false);
    return position.nextEvent;
  } finally {
    await pool.end();
  }
}

describe('the audit service', () => {
  it('waits for sources that are down, and follows one while another is missing', async () => {
    await start();
    expect(await coveredEvents()).toEqual({ 'risk/0': 0, 'trading/0': 0 });
    expect(await openedCheckpoint()).toMatchObject({ size: 0 });
    for (let i = 0; i < 4; i++) tradingSource.commit('alice.main', 'bob.main');
    await tradingSource.start();
    await untilCovered({ 'risk/0': 0, 'trading/0': 8 });
  });

  it('covers each event once through cuts and repeats', async () => {
    await tradingSource.stop();
    tradingSource.asked.length = 0;
    tradingSource.cutsAfter.push(1, 3, 0, 2);
    for (let i = 0; i < 6; i++) {
      tradingSource.commit('alice.main', 'bob.main', 'carol.main');
      riskSource.commit('alice.main');
    }
    await Promise.all([tradingSource.start(), riskSource.start()]);
    await untilCovered({ 'risk/0': 6, 'trading/0': 26 });
    tradingSource.commit('alice.main');
    await untilCovered({ 'risk/0': 6, 'trading/0': 27 });
    expect(tradingSource.asked.length).toBeGreaterThanOrEqual(5);
    expect(await brokenInvariants()).toEqual([]);
  });

  it('signs a checkpoint of it, which the entries and the sources themselves lead to', async () => {
    const { size, rootHash } = await openedCheckpoint();
    expect(size).toBe(33);
    for (const root of await rootsBySize(size)) expect(Buffer.from(root)).toEqual(Buffer.from(rootHash));
  });

  it('finds entries by key and page by page', async () => {
    const byAccount = await entries({ account: 'carol.main' });
    expect(byAccount.entries.map(({ shard, eventNumber }) => `${shard}#${eventNumber}`)).toEqual(
      [10, 13, 16, 19, 22, 25].map((event) => `trading/0#${event}`),
    );
    expect(byAccount.position?.shard).toBe('audit/0');
    const [entry] = (await entries({ resource: 'order/trading/0:10' })).entries;
    expect(entry).toMatchObject({
      actor: 'spiffe://clearway/participant/carol',
      action: 'OrderAccepted',
      result: 'ACCEPTED',
      traceId: TRACE,
      device: 'grpcurl',
      method: '/clearway.trading.v1.TradingService/PlaceOrder',
    });
    const seen: number[] = [];
    for (let pageToken = ''; ; ) {
      const page = await entries({ traceId: TRACE, pageSize: 10, pageToken });
      seen.push(...page.entries.map(({ leafIndex }) => leafIndex));
      pageToken = page.nextPageToken;
      if (pageToken === '') break;
    }
    expect(seen).toEqual(Array.from({ length: 33 }, (_, i) => i));
  });

  it('proves entries and older trees, and lists the checkpoints to check them with', async () => {
    const { size, rootHash } = await openedCheckpoint();
    const asked = { leafIndex: 0, shard: 'trading/0', eventNumber: 13, treeSize: size };
    const included = await auditor().call('getInclusionProof', asked);
    const [entry] = (await entries({ pageToken: `${included.leafIndex}`, pageSize: 1 })).entries;
    expect([entry?.shard, entry?.eventNumber]).toEqual(['trading/0', 13]);
    const { leafIndex: index, leafHash: hash, proof } = included;
    expect(verifyInclusion({ leafHash: hash, index, size, proof, rootHash })).toBe(true);
    expect(hash).toEqual(Buffer.from(leafOf(tradingSource, 13)));
    const { checkpoints } = await auditor().call('listCheckpoints', { pageSize: 0, pageToken: '' });
    const sizes = checkpoints.map(({ treeSize }) => treeSize);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    for (const { treeSize: firstSize, rootHash: firstRootHash } of checkpoints) {
      const answer = await auditor().call('getConsistencyProof', { firstSize, secondSize: size });
      const claim = { firstSize, firstRootHash, secondSize: size, secondRootHash: rootHash };
      expect(verifyConsistency({ ...claim, proof: answer.proof })).toBe(true);
    }
    for (const wrong of [{ leafIndex: size }, { treeSize: size + 1 }, { shard: 'risk/0', eventNumber: 99 }])
      await expect(
        auditor().call('getInclusionProof', {
          leafIndex: 0,
          shard: '',
          eventNumber: 0,
          treeSize: 0,
          ...wrong,
        }),
      ).rejects.toMatchObject({ reason: 'FIELD_INVALID' });
  });

  it('streams any part of the log with what leads to the signed root', async () => {
    for (const [fromLeaf, toLeaf] of [
      [0, 0],
      [5, 20],
      [7, 8],
      [9, 9],
    ] as const) {
      const asked = { fromLeaf, toLeaf, fromMicros: 0, toMicros: 0 };
      let head: audit.ExportHead | undefined;
      const hashes: Uint8Array[] = [];
      for await (const message of auditor().stream('exportEntries', asked)) {
        head ??= message.head;
        for (const [i, bytes] of message.entries.entries()) {
          expect(message.firstLeaf + i).toBe(fromLeaf + hashes.length);
          hashes.push(leafHash(bytes));
          expect(Buffer.from(leafHash(bytes))).toEqual(message.leafHashes.subarray(i * 32, i * 32 + 32));
        }
      }
      const range = { from: head!.fromLeaf, to: head!.toLeaf, size: 33 };
      expect(hashes).toHaveLength(range.to - range.from);
      const outside = new Map(head!.nodes.map(({ level, index, hash }) => [`${level}/${index}`, hash]));
      const root = rangeRoot(
        range,
        (leaf) => hashes[leaf - range.from]!,
        (level, index) => outside.get(`${level}/${index}`)!,
      );
      expect(Buffer.from(root)).toEqual(Buffer.from((await openedCheckpoint()).rootHash));
    }
  });

  it('continues after a restart, from its snapshot and without a gap', async () => {
    const before = await openedCheckpoint();
    expect(await takeSnapshot()).toBeGreaterThan(0);
    await running.stop();
    tradingSource.commit('alice.main', 'bob.main');
    riskSource.commit('bob.main');
    tradingSource.asked.length = 0;
    await start();
    await untilCovered({ 'risk/0': 7, 'trading/0': 29 });
    expect(tradingSource.asked[0]).toBe(27);
    expect(await brokenInvariants()).toEqual([]);
    const after = await openedCheckpoint();
    expect([before.size, after.size]).toEqual([33, 36]);
    for (const root of await rootsBySize(33)) expect(Buffer.from(root)).toEqual(Buffer.from(before.rootHash));
  });

  it('shows nothing to participants, and its journal to operators alone', async () => {
    const refused = as('participant/alice', audit.AuditServiceService).call('listCoverage', {});
    await expect(refused).rejects.toMatchObject({ reason: 'METHOD_NOT_ALLOWED' });
    const request = { shard: 'audit/0', fromEvent: 0 };
    const types: string[] = [];
    for await (const { payload } of as('operator/olivia', journal.FeedServiceService).stream(
      'subscribe',
      request,
    )) {
      types.push(...journal.Batch.decode(payload).events.map(({ type }) => type));
      if (types.includes('LeavesAppended') && types.includes('CheckpointRecorded')) break;
    }
    const other = as('svc/trading', journal.FeedServiceService).stream('subscribe', request);
    const read = async () => {
      for await (const _ of other) return;
    };
    await expect(read()).rejects.toMatchObject({ reason: 'METHOD_NOT_ALLOWED' });
  });
});

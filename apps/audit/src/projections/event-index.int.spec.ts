import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { clearing, journal, risk, trading } from '@clearway/contracts';
import type { LeavesAppended } from '@clearway/domain-audit';
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
import { insertEntries } from './audit-entries.projection';
import { EventIndex } from './event-index';
import { MemoryLeaves } from './leaf-source.fixture';
import { type EntrySearch, searchEntries } from './search-entries';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const AT = Date.UTC(2026, 10, 22) * 1_000;

let dir: string;
let postgres: EmbeddedPostgres;
let pool: Pool;
let journalEvents = 0;
let index = new EventIndex();
const leafSource = new MemoryLeaves();
const nextEvents = new Map<string, number>();

beforeAll(async () => {
  dir = await temporaryHome('clearway-audit-');
  postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), log: SILENT });
  const passwords = { ownerPassword: 'owner', appPassword: 'app' };
  const [urls] = await createDatabases(postgres.url, [{ service: 'audit', ...passwords }]);
  await migrate({ url: urls!.ownerUrl, migrations: auditMigrations });
  pool = createPool(urls!.appUrl, { max: 1, applicationName: 'entry-subjects-spec' });
}, 60_000);

afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Codec<Message> {
  decode(bytes: Uint8Array): Message;
  encode(message: Message): { finish(): Uint8Array };
}

function made<Message extends object>(codec: Codec<Message>, fields: Partial<Message>): Message {
  return { ...codec.decode(new Uint8Array(0)), ...fields };
}

const inTrading = ($case: string, value: object) =>
  trading.TradingEvent.encode({ event: { $case, value } as never }).finish();
const inRisk = ($case: string, value: object, sagaNumber: number) =>
  risk.RiskEvent.encode({ key: keyOf(sagaNumber), event: { $case, value } as never }).finish();
const inClearing = ($case: string, value: object, sagaNumber: number) =>
  clearing.ClearingEvent.encode({ key: keyOf(sagaNumber), event: { $case, value } as never }).finish();
const keyOf = (sagaNumber: number) => ({ originShard: 'trading/0', sagaNumber, step: 1, phase: 1 });

function order(orderNumber: number, sagaNumber: number, account: string): Uint8Array {
  return inTrading('orderAccepted', made(trading.OrderAccepted, { orderNumber, sagaNumber, account }));
}

/** Projects one batch of a source; each event is its name and its bytes. */
async function project(
  shard: string,
  ...events: (readonly [type: string, data: Uint8Array])[]
): Promise<void> {
  const firstEvent = nextEvents.get(shard) ?? 0;
  nextEvents.set(shard, firstEvent + events.length);
  const context = { ...journal.CommandContext.decode(new Uint8Array(0)), atMicros: AT };
  const payload = Buffer.from(
    journal.Batch.encode({
      contexts: [{ ...context, actor: `spiffe://clearway/svc/${shard.split('/')[0]}` }],
      events: events.map(([type, data]) => ({ context: 0, type, data: Buffer.from(data) })),
    }).finish(),
  );
  const leafHashes = leafHashesOf(shard, firstEvent, payload);
  const event: LeavesAppended = {
    kind: 'LeavesAppended',
    sourceShard: shard,
    firstEvent,
    leafHashes,
    payload,
  };
  const client = await pool.connect();
  await client.query('BEGIN');
  const journaled = [{ number: journalEvents++, type: event.kind, event, context }];
  await insertEntries(client, 'audit/0', journaled, index);
  leafSource.add(journaled);
  await client.query('COMMIT');
  client.release();
}

async function actions(search: Partial<EntrySearch>): Promise<string[]> {
  const { entries } = await searchEntries(pool, leafSource, { fromLeaf: 0, limit: 50, ...search });
  return entries.map(({ shard, action }) => `${shard.split('/')[0]} ${action}`);
}

it("finds all of an order's way by its number, its accounts and their owners, on every service", async () => {
  await project(
    'trading/0',
    ['OrderAccepted', order(1, 1, 'alice.main')],
    ['OrderOpened', inTrading('orderOpened', { orderNumber: 1, leavesLots: 5 })],
    ['OrderAccepted', order(2, 2, 'bob.main')],
  );
  // A process that starts anew knows only what the tables say.
  index = new EventIndex();
  const trade = { tradeNumber: 7, sagaNumber: 3, makerOrderNumber: 1, takerOrderNumber: 2 };
  await project('trading/0', [
    'TradeExecuted',
    inTrading('tradeExecuted', made(trading.TradeExecuted, trade)),
  ]);
  const saga = { $case: 'sagaAdvanced', value: { sagaNumber: 3, steps: [], completed: true } };
  await project('trading/0', ['SagaAdvanced', inTrading('saga', { event: saga })]);
  const fill = made(risk.ApplyFill, { orderNumber: 1, tradeNumber: 7 });
  await project('risk/0', ['FillApplied', inRisk('fillApplied', { fill }, 3)]);
  const leg = made(clearing.SettleLeg, { tradeNumber: 7, account: 'bob.main' });
  await project('clearing/0', [
    'LegSettled',
    inClearing('legSettled', { entryNumber: 1, leg, postings: [] }, 3),
  ]);
  const way = [
    'trading OrderAccepted',
    'trading OrderOpened',
    'trading TradeExecuted',
    'trading SagaAdvanced',
    'risk FillApplied',
  ];
  expect(await actions({ order: 'trading/0:1' })).toEqual([...way, 'clearing LegSettled']);
  expect(await actions({ account: 'alice.main' })).toEqual(way);
  expect(await actions({ participant: 'alice' })).toEqual(way);
  expect(await actions({ account: 'bob.main' })).toEqual([
    'trading OrderAccepted',
    'trading TradeExecuted',
    'trading SagaAdvanced',
    'clearing LegSettled',
  ]);
  expect(await actions({ participant: 'bob', order: 'trading/0:1', shard: 'trading/0' })).toEqual([
    'trading TradeExecuted',
    'trading SagaAdvanced',
  ]);
});

it('names an entry that came before the event that says whose it is, once that has come', async () => {
  const released = inRisk('holdReleased', { orderNumber: 40 }, 41);
  const leg = made(clearing.SettleLeg, { tradeNumber: 50, account: 'dave.main' });
  const settled = inClearing('legSettled', { entryNumber: 2, leg, postings: [] }, 51);
  await project('risk/0', ['HoldReleased', released]);
  await project('clearing/0', ['LegSettled', settled]);
  expect(await actions({ account: 'carol.main' })).toEqual([]);
  await project(
    'trading/0',
    ['OrderAccepted', order(40, 41, 'carol.main')],
    ['OrderAccepted', order(42, 42, 'dave.main')],
  );
  expect(await actions({ participant: 'carol' })).toEqual(['risk HoldReleased', 'trading OrderAccepted']);
  const trade = { tradeNumber: 50, sagaNumber: 51, makerOrderNumber: 40, takerOrderNumber: 42 };
  await project('trading/0', [
    'TradeExecuted',
    inTrading('tradeExecuted', made(trading.TradeExecuted, trade)),
  ]);
  expect(await actions({ order: 'trading/0:40' })).toContain('clearing LegSettled');
  expect(await actions({ account: 'carol.main' })).not.toContain('clearing LegSettled');
  const { rows } = await pool.query('SELECT count(*)::int AS pending FROM audit_pending_subjects');
  expect(rows).toEqual([{ pending: 0 }]);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearing, journal, risk, trading } from '@clearway/contracts';
import {
  createDatabases,
  createPool,
  type EmbeddedPostgres,
  migrate,
  startEmbeddedPostgres,
} from '@clearway/platform-postgres';
import fc from 'fast-check';
import type { Pool } from 'pg';
import { leafHashesOf } from '../codec/source-batch';
import { auditMigrations } from '../migrations';
import { EventIndex } from './event-index';
import type { PlacedLeaves } from './tree-tables';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const AT = Date.UTC(2026, 10, 22) * 1_000;

let dir: string;
let postgres: EmbeddedPostgres;
let pool: Pool;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'clearway-audit-'));
  postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), log: SILENT });
  const passwords = { ownerPassword: 'owner', appPassword: 'app' };
  const [urls] = await createDatabases(postgres.url, [{ service: 'audit', ...passwords }]);
  await migrate({ url: urls!.ownerUrl, migrations: auditMigrations });
  pool = createPool(urls!.appUrl, { max: 1, applicationName: 'plain-index-spec' });
}, 60_000);

afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

type Event = readonly [shard: string, type: string, data: Uint8Array];

const emptyOf = <Message>(codec: { decode(bytes: Uint8Array): Message }): Message =>
  codec.decode(new Uint8Array(0));
const keyOf = (sagaNumber: number) => ({ originShard: 'trading/0', sagaNumber, step: 1, phase: 1 });

function inTrading(type: string, $case: string, value: object): Event {
  return ['trading/0', type, trading.TradingEvent.encode({ event: { $case, value } as never }).finish()];
}

function inRisk(type: string, $case: string, value: object): Event {
  const event = { $case, value } as never;
  return ['risk/0', type, risk.RiskEvent.encode({ key: keyOf(1), event }).finish()];
}

function advanced(sagaNumber: number): Event {
  const event = { $case: 'sagaAdvanced', value: { sagaNumber, steps: [] } };
  return inTrading('SagaAdvanced', 'saga', { event });
}

/** All that happens to two orders that trade with each other: number and number + 1, of accounts that come again. */
function eventsOf(number: number): Event[] {
  const account = (order: number) => (order % 7 === 0 ? 'nobody' : `p${order % 5}.main`);
  const trade = { tradeNumber: number, sagaNumber: 500 + number };
  const leg = { ...emptyOf(clearing.SettleLeg), tradeNumber: number, account: account(number) };
  const legSettled = { $case: 'legSettled', value: { entryNumber: 1, leg, postings: [] } } as never;
  const bothOrders = [number, number + 1].flatMap((orderNumber) => {
    const its = { orderNumber, account: account(orderNumber) };
    const reserve = { ...emptyOf(risk.Reserve), ...its };
    const fill = { ...emptyOf(risk.ApplyFill), orderNumber, tradeNumber: number };
    return [
      inTrading('OrderAccepted', 'orderAccepted', {
        ...emptyOf(trading.OrderAccepted),
        ...its,
        sagaNumber: orderNumber,
      }),
      inRisk('HoldPlaced', 'holdPlaced', { reserve, protectionPriceTicks: 8 }),
      inTrading('OrderOpened', 'orderOpened', { orderNumber, leavesLots: 3 }),
      advanced(orderNumber),
      inRisk('FillApplied', 'fillApplied', { fill }),
      inRisk('LotsReleased', 'lotsReleased', { orderNumber, quantityLots: 2 }),
      inTrading('OrderCanceled', 'orderCanceled', {
        orderNumber,
        sagaNumber: orderNumber % 3,
        canceledLots: 1,
        cause: 'X',
      }),
    ];
  });
  const sides = { makerOrderNumber: number, takerOrderNumber: number + 1 };
  return [
    ...bothOrders,
    inTrading('TradeExecuted', 'tradeExecuted', { ...emptyOf(trading.TradeExecuted), ...trade, ...sides }),
    advanced(trade.sagaNumber),
    [
      'clearing/0',
      'LegSettled',
      clearing.ClearingEvent.encode({ key: keyOf(1), event: legSettled }).finish(),
    ],
  ];
}

/** A batch for each event, in this order, as a tree could have them: sources are followed side by side. */
function leavesOf(events: readonly Event[]): PlacedLeaves[] {
  const nextEvents = new Map<string, number>();
  return events.map(([sourceShard, type, data], firstLeaf) => {
    const firstEvent = nextEvents.get(sourceShard) ?? 0;
    nextEvents.set(sourceShard, firstEvent + 1);
    const context = {
      ...emptyOf(journal.CommandContext),
      atMicros: AT,
      actor: `spiffe://clearway/participant/a${firstLeaf}`,
    };
    const payload = Buffer.from(
      journal.Batch.encode({
        contexts: [context],
        events: [{ context: 0, type, data: Buffer.from(data) }],
      }).finish(),
    );
    const leafHashes = leafHashesOf(sourceShard, firstEvent, payload);
    return {
      journalEvent: firstLeaf,
      firstLeaf,
      event: { kind: 'LeavesAppended', sourceShard, firstEvent, leafHashes, payload },
    };
  });
}

/** What the tables say after transactions of so many leaves each. The tables are as they were afterwards. */
async function indexed(index: EventIndex, leaves: readonly PlacedLeaves[], size: number): Promise<unknown> {
  const client = await pool.connect();
  await client.query('BEGIN');
  try {
    for (let at = 0; at < leaves.length; at += size) await index.store(client, leaves.slice(at, at + size));
    const rowsOf = async (sql: string) => (await client.query(sql)).rows as unknown;
    return {
      keys: await rowsOf(
        'SELECT DISTINCT first_leaf, entries, key::text FROM audit_blocks, unnest(keys) AS key ORDER BY 1, 2, 3',
      ),
      subjects: await rowsOf('SELECT series, page, subjects FROM audit_subjects ORDER BY series, page'),
      pending: await rowsOf(
        'SELECT ref, leaf_index, needs_account, (SELECT array_agg(key::text ORDER BY key) FROM unnest(keys) AS key) AS keys FROM audit_pending_subjects ORDER BY ref, leaf_index',
      ),
    };
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

it('finds undecoded events by the same keys as decoded ones, in whatever order they come', async () => {
  const events = [2, 6, 13, 254, 300].flatMap(eventsOf);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(events, { minLength: 20 }),
      fc.integer({ min: 1, max: 60 }),
      async (chosen, size) => {
        const leaves = leavesOf(chosen);
        expect(await indexed(new EventIndex(), leaves, size)).toEqual(
          await indexed(new EventIndex({}), leaves, size),
        );
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);

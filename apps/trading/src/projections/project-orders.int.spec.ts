import { rm } from 'node:fs/promises';
import type { OrderTerms, TradingEvent } from '@clearway/domain-trading';
import { reason } from '@clearway/kernel';
import type { JournaledEvent } from '@clearway/platform-journal';
import {
  createPool,
  type EmbeddedPostgres,
  migrate,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import type { Pool } from 'pg';
import { tradingMigrations } from '../migrations/trading-migrations';
import { BY_FORMER_KEY } from './order-history';
import { CHANGE_ORDERS } from './order-rows';
import { projectOrders } from './project-orders';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const CONTEXT = { actor: '', address: '', device: '', traceparent: '', method: '' };
const SHARD = 'trading/0';

let dir: string;
let postgres: EmbeddedPostgres;
let pool: Pool;

beforeAll(async () => {
  dir = await temporaryHome('clearway-orders-');
  postgres = await startEmbeddedPostgres({ dataDir: dir, log: SILENT });
  pool = createPool(postgres.url, { max: 2, applicationName: 'orders-spec' });
  await migrate({ url: postgres.url, migrations: tradingMigrations });
}, 60_000);

afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

function accepted(orderNumber: number, side: 'BUY' | 'SELL', quantityLots: number): TradingEvent {
  const terms: OrderTerms = {
    account: `alice."a\\b${orderNumber % 2}`,
    clOrdId: `{c,${orderNumber}}`,
    symbol: 'AMZN',
    side,
    ordType: 'LIMIT',
    timeInForce: 'DAY',
    postOnly: orderNumber === 3,
    quantityLots,
    priceTicks: 100,
  };
  return { kind: 'OrderAccepted', orderNumber, sagaNumber: orderNumber, terms };
}

function traded(tradeNumber: number, maker: number, taker: number, quantityLots: number): TradingEvent {
  const sides = { makerOrderNumber: maker, takerOrderNumber: taker };
  const fees = { makerFeeMinor: 1n, takerFeeMinor: 2n };
  return {
    kind: 'TradeExecuted',
    tradeNumber,
    sagaNumber: 90 + tradeNumber,
    ...sides,
    priceTicks: 101,
    quantityLots,
    ...fees,
  };
}

function replaced(orderNumber: number, clOrdId: string, quantityLots: number): TradingEvent {
  const left = {
    leavesLots: quantityLots,
    keepsPlace: false,
    releaseSagaNumber: 0,
    stopPriceTicks: 0,
    displayLots: 0,
    protectionTicks: 0,
  };
  return {
    kind: 'OrderReplaced',
    orderNumber,
    clOrdId,
    quantityLots,
    priceTicks: 99,
    ...left,
  };
}

/** A day with everything that can happen to an order. */
const DAY: readonly TradingEvent[] = [
  accepted(1, 'BUY', 10),
  accepted(2, 'SELL', 4),
  { kind: 'OrderOpened', orderNumber: 1, leavesLots: 10 },
  traded(1, 1, 2, 4),
  accepted(3, 'BUY', 7),
  { kind: 'OrderRejected', orderNumber: 3, reasons: [reason('ORDER_RATE')] },
  accepted(4, 'SELL', 6),
  { kind: 'OrderOpened', orderNumber: 4, leavesLots: 6 },
  replaced(4, 'second', 8),
  replaced(4, 'third', 5),
  {
    kind: 'OrderReduced',
    orderNumber: 1,
    sagaNumber: 0,
    canceledLots: 1,
    cause: 'CANCELED_BY_OWNER',
  },
  traded(2, 4, 1, 2),
  { kind: 'TradeBusted', tradeNumber: 2, reasons: [reason('ORDER_RATE')] },
  {
    kind: 'OrderCanceled',
    orderNumber: 1,
    sagaNumber: 5,
    canceledLots: 3,
    cause: 'CANCELED_BY_OWNER',
  },
  { kind: 'OrderExpired', orderNumber: 4, sagaNumber: 6, expiredLots: 3, cause: 'DAY_ENDED' },
];

async function project(size: number): Promise<unknown[]> {
  await pool.query('TRUNCATE orders, executions, candles');
  const client = await pool.connect();
  const events: JournaledEvent<TradingEvent>[] = DAY.map((event, number) => {
    return { number, type: event.kind, event, context: { ...CONTEXT, atMicros: 1_000 + number } };
  });
  for (let from = 0; from < events.length; from += size)
    await projectOrders(client, SHARD, events.slice(from, from + size));
  client.release();
  const orders = await pool.query('SELECT * FROM orders ORDER BY order_number');
  const executions = await pool.query('SELECT * FROM executions ORDER BY trade_number');
  const candles = await pool.query('SELECT * FROM candles ORDER BY symbol, interval_seconds, open_at_micros');
  return [...orders.rows, ...executions.rows, ...candles.rows];
}

it.each([2, 3, 7, 100])('writes the same rows in runs of %d events as one by one', async (size) => {
  expect(await project(size)).toEqual(await project(1));
});

it('writes what became of each order', async () => {
  const [first, second, third, fourth] = (await project(100)) as Record<string, unknown>[];
  expect(first).toMatchObject({
    cum_lots: '4',
    canceled_lots: '4',
    busted_lots: '2',
    end_status: 'CANCELED',
  });
  expect(second).toMatchObject({
    account: 'alice."a\\b0',
    cl_ord_id: '{c,2}',
    cum_lots: '4',
    end_status: null,
  });
  expect(third).toMatchObject({ canceled_lots: '7', end_status: 'REJECTED', post_only: true });
  expect(fourth).toMatchObject({
    cl_ord_id: 'third',
    former_cl_ord_ids: ['{c,4}', 'second'],
    quantity_lots: '5',
    price_ticks: '99',
    end_status: 'EXPIRED',
  });
});

it('finds orders by their number, however many there are and before the table was ever analysed', async () => {
  await pool.query('ALTER TABLE orders SET (autovacuum_enabled = false)');
  await pool.query(
    `INSERT INTO orders (shard, order_number, account, cl_ord_id, symbol, side, ord_type, time_in_force, post_only, quantity_lots,
       price_ticks, accepted_at_micros, updated_at_micros)
     SELECT $1, n, 'a' || n % 100, 'c' || n, 'AMZN', 'BUY', 'LIMIT', 'DAY', false, 10, 100, 1, 1 FROM generate_series(1000, 51000) n`,
    [SHARD],
  );
  const numbers = Array.from({ length: 2_000 }, (_, index) => 1_000 + index);
  const columns = Array.from({ length: 9 }, () => numbers.map(() => null));
  const plan = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${CHANGE_ORDERS}`, [
    SHARD,
    numbers,
    ...columns,
  ]);
  const lines = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(lines).toMatch(/Index Cond: \(\(shard = .*\) AND \(order_number = .*\)\)/);
  expect(lines).not.toMatch(/Seq Scan|Hash Join|Merge Join/);
});

it('looks for an id that no order has among replaced orders alone', async () => {
  await pool.query(
    `INSERT INTO orders (shard, order_number, account, cl_ord_id, symbol, side, ord_type, time_in_force, post_only, quantity_lots,
       price_ticks, accepted_at_micros, updated_at_micros, former_cl_ord_ids)
     SELECT $1, n, 'busy', 'c' || n, 'AMZN', 'BUY', 'LIMIT', 'DAY', false, 10, 100, 1, 1,
       CASE WHEN n = 200000 THEN ARRAY['former'] ELSE '{}' END
     FROM generate_series(200000, 230000) n`,
    [SHARD],
  );
  await pool.query('ANALYZE orders');
  const explained = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${BY_FORMER_KEY}`, [
    SHARD,
    'busy',
    'nobody',
  ]);
  expect(explained.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('orders_by_former_key');
  const { rows } = await pool.query<{ order_number: string }>(BY_FORMER_KEY, [SHARD, 'busy', 'former']);
  expect(rows.map((row) => row.order_number)).toEqual(['200000']);
});

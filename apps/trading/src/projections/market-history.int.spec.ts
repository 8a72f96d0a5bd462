import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Candle,
  type CandleInterval,
  CandleSeries,
  INTERVAL_MICROS,
  type TapeTrade,
} from '@clearway/domain-market-data';
import type { OrderTerms, TradingEvent } from '@clearway/domain-trading';
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
import { MarketHistory, NEWEST_TRADES } from './market-history';
import { projectOrders } from './project-orders';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const SHARD = 'trading/0';
const SYMBOLS = ['AMZN', 'BTC'];
const START_MICROS = 1_700_000_000_000_000;
const STEPS: readonly (readonly [CandleInterval, number])[] = [
  ['1s', 1],
  ['5s', 1],
  ['15s', 1],
  ['1m', 60],
  ['5m', 60],
  ['15m', 60],
  ['1h', 3_600],
  ['4h', 3_600],
  ['1d', 86_400],
];

let dir: string;
let server: EmbeddedPostgres;
let pool: Pool;
const made: (TapeTrade & { symbol: string })[] = [];
const events: JournaledEvent<TradingEvent>[] = [];

function emit(event: TradingEvent, atMicros: number): void {
  const context = { actor: '', address: '', device: '', traceparent: '', method: '', atMicros };
  events.push({ number: events.length, type: event.kind, event, context });
}

/** A trade between two orders of its own: number n makes orders 2n and 2n + 1. */
function trade(tradeNumber: number, atMicros: number): void {
  const symbol = SYMBOLS[tradeNumber % 3 === 0 ? 1 : 0] as string;
  const priceTicks = 10_000 + ((tradeNumber * 7_919) % 401);
  const quantityLots = 1 + (tradeNumber % 9);
  const side = tradeNumber % 2 === 0 ? 'BUY' : 'SELL';
  const terms = {
    account: 'a.main',
    symbol,
    ordType: 'LIMIT',
    timeInForce: 'GTC',
    postOnly: false,
    quantityLots,
    priceTicks,
  };
  const [maker, taker] = [2 * tradeNumber, 2 * tradeNumber + 1];
  for (const orderNumber of [maker, taker]) {
    const own = {
      ...terms,
      clOrdId: `o${orderNumber}`,
      side: orderNumber === taker ? side : side === 'BUY' ? 'SELL' : 'BUY',
    };
    emit({ kind: 'OrderAccepted', orderNumber, sagaNumber: orderNumber, terms: own as OrderTerms }, atMicros);
  }
  emit(
    {
      kind: 'TradeExecuted',
      tradeNumber,
      sagaNumber: 0,
      makerOrderNumber: maker,
      takerOrderNumber: taker,
      priceTicks,
      quantityLots,
      makerFeeMinor: 0n,
      takerFeeMinor: 0n,
    },
    atMicros,
  );
  made.push({ symbol, tradeNumber, side, priceTicks, quantityLots, atMicros });
}

async function projectAll(batchEvents: number): Promise<void> {
  const all = events.splice(0);
  for (let from = 0; from < all.length; from += batchEvents) {
    const client = await pool.connect();
    await client.query('BEGIN');
    await projectOrders(client, SHARD, all.slice(from, from + batchEvents));
    await client.query('COMMIT');
    client.release();
  }
}

/** What the pure library makes of the same trades, newest first. */
function expected(symbol: string, interval: CandleInterval, busted: ReadonlySet<number>): Candle[] {
  const series = new CandleSeries(INTERVAL_MICROS[interval], 1_000_000);
  for (const one of made) if (one.symbol === symbol && !busted.has(one.tradeNumber)) series.take(one);
  return [...series.candles].reverse();
}

const history = (): MarketHistory => new MarketHistory(pool, SHARD, async () => undefined);

beforeAll(async () => {
  dir = await temporaryHome('clearway-candles-');
  server = await startEmbeddedPostgres({
    dataDir: join(dir, 'p'),
    log: SILENT,
  });
  await migrate({ url: server.url, migrations: tradingMigrations });
  pool = createPool(server.url, { max: 2, applicationName: 'candles-spec' });
});

afterAll(async () => {
  await pool.end();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('trades and candles of the read model', () => {
  const busted = new Set<number>();

  beforeAll(async () => {
    for (let n = 1; n <= 900; n++) trade(n, START_MICROS + n * 37_003_017);
    await projectAll(17);
  });

  it.each(STEPS)(
    'of %s are those that the pure library makes of the same trades',
    async (interval, stored) => {
      for (const symbol of SYMBOLS) {
        const seconds = INTERVAL_MICROS[interval] / 1_000_000;
        const all = expected(symbol, interval, busted);
        const candles = await history().candles(symbol, seconds, stored, Number.MAX_SAFE_INTEGER, 1_000);
        expect(candles).toEqual(all.slice(0, 1_000));
        const before = (all[5] ?? all.at(-1))?.openAtMicros ?? 0;
        const page = await history().candles(symbol, seconds, stored, before, 7);
        expect(page).toEqual(all.filter(({ openAtMicros }) => openAtMicros < before).slice(0, 7));
      }
    },
  );

  it('leave out busted trades, also those whose bust comes with them', async () => {
    for (const tradeNumber of [7, 8, 400, 899]) {
      emit({ kind: 'TradeBusted', tradeNumber, reasons: [] }, START_MICROS + 9e11);
      busted.add(tradeNumber);
    }
    trade(901, START_MICROS + 901 * 37_003_017);
    emit({ kind: 'TradeBusted', tradeNumber: 901, reasons: [] }, START_MICROS + 9e11);
    busted.add(901);
    await projectAll(1_000);
    for (const [interval, stored] of STEPS)
      for (const symbol of SYMBOLS) {
        const seconds = INTERVAL_MICROS[interval] / 1_000_000;
        const candles = await history().candles(symbol, seconds, stored, Number.MAX_SAFE_INTEGER, 1_000);
        expect(candles).toEqual(expected(symbol, interval, busted));
      }
  });

  it('are paged newest first without a gap', async () => {
    const numbers: number[] = [];
    let before = NEWEST_TRADES;
    for (;;) {
      const page = await history().trades('AMZN', before, 100);
      const last = page.at(-1);
      if (!last) break;
      numbers.push(...page.map(({ tradeNumber }) => tradeNumber));
      before = last;
    }
    const all = made.filter(({ symbol }) => symbol === 'AMZN').map(({ tradeNumber }) => tradeNumber);
    expect(numbers).toEqual(all.reverse());
  });

  it('are read back for a start, oldest first', async () => {
    const { seconds, minutes, days, trades } = await history().load('AMZN');
    const newest = (interval: CandleInterval, count: number) =>
      expected('AMZN', interval, busted).slice(0, count).reverse();
    expect([seconds, minutes, days]).toEqual([newest('1s', 301), newest('1m', 300), newest('1d', 2)]);
    expect(trades).toEqual(
      made
        .filter(({ symbol }) => symbol === 'AMZN')
        .slice(-100)
        .map(({ symbol: _symbol, ...one }) => ({ ...one, busted: busted.has(one.tradeNumber) })),
    );
  });
});

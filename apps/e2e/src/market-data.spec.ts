import { common, marketdata } from '@clearway/contracts';
import { MarketDataReader } from '@clearway/platform-market-data-reader';
import { brokenInvariants, type Cluster, OrderLoad, until, whenQuiet } from '@clearway/testing';
import { accountOf, SYMBOL, startMarket } from './market';

jest.setTimeout(120_000);

const PARTICIPANTS = ['alice', 'bob', 'carol'];
const ORDERS = 600;
const { CHANNEL_QUOTES, CHANNEL_DEPTH, CHANNEL_ORDERS, CHANNEL_TRADES, CHANNEL_CANDLES } = marketdata.Channel;
const { CANDLE_INTERVAL_1S, CANDLE_INTERVAL_1M, CANDLE_INTERVAL_1D } = marketdata.CandleInterval;
const ALL = [CHANNEL_QUOTES, CHANNEL_DEPTH, CHANNEL_ORDERS, CHANNEL_TRADES, CHANNEL_CANDLES];

describe('market data of real processes, under load and over a kill -9', () => {
  let cluster: Cluster;
  const readers: MarketDataReader[] = [];
  const texts: string[] = [];
  const traded = new Map<number, string>();

  beforeAll(async () => {
    cluster = await startMarket({ participants: PARTICIPANTS, logLevel: 'warn' });
  });

  afterAll(async () => {
    await Promise.all(readers.map((reader) => reader.stop()));
    await cluster?.close();
  });

  function follow(depth: number): MarketDataReader {
    const request = { symbols: [SYMBOL], channels: ALL, depth, candleInterval: CANDLE_INTERVAL_1S };
    const onMessage = (message: marketdata.SubscribeResponse): void => {
      texts.push(JSON.stringify(message));
      if (message.update?.$case !== 'trades') return;
      for (const { tradeNumber, priceTicks, quantityLots } of message.update.value.trades)
        traded.set(tradeNumber, `${priceTicks}×${quantityLots}`);
    };
    const reader = new MarketDataReader({ client: cluster.as('alice').marketData, request, onMessage });
    readers.push(reader);
    return reader;
  }

  async function load(orders: number): Promise<void> {
    const running = new OrderLoad(cluster, PARTICIPANTS, orders);
    await until('enough answers', () => running.answered >= orders, { timeoutMs: 30_000 });
    await running.settle();
    await whenQuiet(cluster.operator);
  }

  /** Waits until the readers stand where the server does, and compares the books. */
  async function expectEqual(): Promise<void> {
    const { marketData } = cluster.operator;
    const server = await marketData.call('getBook', { symbol: SYMBOL, depth: 1_000 });
    expect(server.orders).toBeGreaterThan(0);
    for (const { follower } of readers) {
      await until('the reader to stand where the server does', () => {
        const { epoch, sequence, isCurrent } = follower.channelOf(SYMBOL, CHANNEL_ORDERS);
        return isCurrent && epoch === server.epoch && sequence === server.sequence;
      });
      expect(follower.book(SYMBOL).hash()).toBe(server.hash);
      expect(follower.book(SYMBOL).orderCount).toBe(server.orders);
      expect(follower.counts.hashesDiffered).toBe(0);
      expect(follower.counts.gaps).toBe(0);
      expect(follower.counts.hashesEqual).toBeGreaterThan(2);
      const { bidPriceTicks, askPriceTicks } = follower.quote(SYMBOL) as marketdata.Quote;
      const shown = (ticks: number): string => (ticks / 100).toFixed(2);
      expect(shown(bidPriceTicks)).toBe(server.bids[0]?.price ?? '0.00');
      expect(shown(askPriceTicks)).toBe(server.asks[0]?.price ?? '0.00');
    }
    expect(await brokenInvariants(cluster)).toEqual([]);
  }

  const candlesOf = async (interval: marketdata.CandleInterval) => {
    const request = { symbol: SYMBOL, interval, beforeMicros: 0, pageSize: 1_000 };
    return (await cluster.operator.marketData.call('listCandles', request)).candles;
  };

  async function allTrades(): Promise<marketdata.PublicTrade[]> {
    const trades: marketdata.PublicTrade[] = [];
    let pageToken = '';
    do {
      const page = { symbol: SYMBOL, pageSize: 500, pageToken };
      const answer = await cluster.operator.marketData.call('listTrades', page);
      trades.push(...answer.trades);
      pageToken = answer.nextPageToken;
    } while (pageToken !== '');
    return trades;
  }

  it('readers of L2 and L3 rebuild books that equal the server by hash', async () => {
    follow(0);
    follow(5);
    await load(ORDERS);
    await expectEqual();
  });

  it('tell every trade once, and nothing of whose it is', async () => {
    const trades = await allTrades();
    expect(trades.length).toBeGreaterThan(20);
    const listed = trades.map(({ tradeId, price, quantity }) => [
      Number(tradeId.split(':T')[1]),
      `${Math.round(Number(price) * 100)}×${quantity}`,
    ]);
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(traded));
    for (const name of [...PARTICIPANTS.flatMap((one) => [one, accountOf(one)]), 'clOrd', 'e2e-'])
      expect(texts.some((text) => text.includes(name))).toBe(false);
  });

  it('candles and statistics are those of the trades, exactly', async () => {
    const trades = await allTrades();
    const volume = trades.reduce((sum, { quantity }) => sum + Number(quantity), 0);
    const cents = trades.reduce(
      (sum, { price, quantity }) => sum + Math.round(Number(price) * 100) * Number(quantity),
      0,
    );
    for (const interval of [CANDLE_INTERVAL_1S, CANDLE_INTERVAL_1M, CANDLE_INTERVAL_1D]) {
      const candles = await candlesOf(interval);
      expect(candles.reduce((sum, candle) => sum + Number(candle.volume), 0)).toBe(volume);
      expect(candles.reduce((sum, candle) => sum + Math.round(Number(candle.turnover) * 100), 0)).toBe(cents);
      expect(candles.reduce((sum, candle) => sum + candle.trades, 0)).toBe(trades.length);
      expect(candles[0]?.close).toBe(trades[0]?.price);
      expect(candles.at(-1)?.open).toBe(trades.at(-1)?.price);
    }
    const figures = await cluster.operator.marketData.call('getStatistics', { symbol: SYMBOL });
    const [day] = await candlesOf(CANDLE_INTERVAL_1D);
    expect(figures.lastPrice).toBe(trades[0]?.price);
    expect(figures).toMatchObject({
      openPrice: day?.open,
      highPrice: day?.high,
      lowPrice: day?.low,
      vwap: day?.vwap,
    });
    expect(Number(figures.volatility)).toBeGreaterThan(0);
  });

  it('after kill -9 readers find the new epoch, candles are whole, and books equal again', async () => {
    const [seconds, days] = [await candlesOf(CANDLE_INTERVAL_1S), await candlesOf(CANDLE_INTERVAL_1D)];
    const before = readers.map(({ follower }) => follower.channelOf(SYMBOL, CHANNEL_ORDERS).epoch);
    const running = new OrderLoad(cluster, PARTICIPANTS, 99);
    await until('orders before the kill', () => running.answered >= ORDERS / 2, { timeoutMs: 30_000 });
    await cluster.kill('trading');
    await cluster.start('trading');
    const answered = running.answered;
    await until('orders after the start', () => running.answered >= answered + ORDERS / 2, {
      timeoutMs: 30_000,
    });
    await running.settle();
    await whenQuiet(cluster.operator);
    await expectEqual();
    readers.forEach(({ follower, subscriptions }, at) => {
      expect(follower.channelOf(SYMBOL, CHANNEL_ORDERS).epoch).toBeGreaterThan(before[at] as number);
      expect(subscriptions).toBeGreaterThan(1);
    });
    const later = await candlesOf(CANDLE_INTERVAL_1S);
    expect(later.slice(-seconds.length + 1)).toEqual(seconds.slice(1));
    expect(Number((await candlesOf(CANDLE_INTERVAL_1D)).at(-1)?.volume)).toBeGreaterThan(
      Number(days.at(-1)?.volume),
    );
    const trades = await allTrades();
    const figures = await cluster.operator.marketData.call('getStatistics', { symbol: SYMBOL });
    expect(figures.trades).toBe(trades.length);
    const { follower } = readers[0] as MarketDataReader;
    const { counts } = follower;
    console.info(
      `${trades.length} trades; a reader took ${counts.messages} messages, ${counts.snapshots} snapshots, ` +
        `${counts.hashesEqual} hashes equal, ${counts.hashesDiffered} different`,
    );
  });

  it('a halt is told, and the side of a taker is a side', async () => {
    const { tradingAdmin } = cluster.operator;
    const tradingStatus = 2;
    await tradingAdmin.call('setTradingStatus', { symbol: SYMBOL, tradingStatus });
    const { MARKET_STATUS_HALTED } = marketdata.MarketStatus;
    for (const { follower } of readers)
      await until('the halt to be told', () => follower.quote(SYMBOL)?.status === MARKET_STATUS_HALTED);
    const { SIDE_BUY, SIDE_SELL } = common.Side;
    for (const { side } of await allTrades()) expect([SIDE_BUY, SIDE_SELL]).toContain(side);
  });
});

import { common, trading } from '@clearway/contracts';
import { parseDecimal } from '@clearway/kernel';
import { listingOf, SAMPLE_INSTRUMENTS } from '../sample-instruments';
import { orderLike, placedAck, seededRandom } from './market.fixture';
import { MarketMaker } from './market-maker';
import { MarketStatistics } from './market-statistics';
import { MarketTaker } from './market-taker';
import type { OrderCommand } from './order-session';
import { PriceWalk } from './price-walk';
import { SimulatedInstrument } from './simulated-instrument';

const [AAPL] = SAMPLE_INSTRUMENTS;

function instrument(lastPrice = ''): SimulatedInstrument {
  if (AAPL === undefined) throw new Error('no instruments');
  return new SimulatedInstrument(AAPL, lastPrice, seededRandom(1));
}

function placed(commands: readonly OrderCommand[]): trading.PlaceOrderRequest[] {
  return commands.flatMap((command) => (command.$case === 'place' ? [command.value] : []));
}

function cancelled(commands: readonly OrderCommand[]): string[] {
  return commands.flatMap((command) => (command.$case === 'cancel' ? [command.value.clOrdId] : []));
}

describe('sample instruments', () => {
  it.each(SAMPLE_INSTRUMENTS)('$symbol: tick times lot is a whole number of cents', (sample) => {
    const { tickSize, lotSize, referencePrice, quoteDecimals, baseDecimals } = listingOf(sample);
    const decimals = sample.priceDecimals + sample.quantityDecimals;
    expect(decimals).toBeLessThanOrEqual(quoteDecimals);
    expect(parseDecimal(tickSize, sample.priceDecimals)).toEqual({ ok: true, minor: 1n });
    expect(parseDecimal(lotSize, sample.quantityDecimals)).toEqual({ ok: true, minor: 1n });
    expect(parseDecimal(lotSize, baseDecimals).ok).toBe(true);
    expect(parseDecimal(referencePrice, sample.priceDecimals).ok).toBe(true);
  });
});

describe('PriceWalk', () => {
  it('moves, comes home again, and never leaves the neighbourhood', () => {
    const walk = new PriceWalk(23_000, 99_999, seededRandom(7));
    expect(walk.priceTicks).toBe(23_460);
    const prices = Array.from({ length: 20_000 }, () => walk.step());
    expect(Math.min(...prices)).toBeGreaterThanOrEqual(22_540);
    expect(Math.max(...prices)).toBeLessThanOrEqual(23_460);
    expect(prices.filter((price) => Math.abs(price - 23_000) < 100).length).toBeGreaterThan(2_000);
    expect(prices.every(Number.isSafeInteger)).toBe(true);
  });
});

describe('SimulatedInstrument', () => {
  it.each([
    ['', 23_000],
    ['229.50', 22_950],
    ['nonsense', 23_000],
  ])('begins at the last price %j', (lastPrice, priceTicks) =>
    expect(instrument(lastPrice).walk.priceTicks).toBe(priceTicks),
  );
});

describe('MarketMaker', () => {
  it('quotes three levels on both sides, without crossing itself', () => {
    const orders = placed(new MarketMaker('maker.main', 'r').requote(instrument()));
    expect(orders.map(({ side, price, orderQty }) => [side, price, orderQty])).toEqual([
      [common.Side.SIDE_BUY, '229.96', '10'],
      [common.Side.SIDE_SELL, '230.04', '10'],
      [common.Side.SIDE_BUY, '229.92', '20'],
      [common.Side.SIDE_SELL, '230.08', '20'],
      [common.Side.SIDE_BUY, '229.88', '40'],
      [common.Side.SIDE_SELL, '230.12', '40'],
    ]);
    expect(new Set(orders.map(({ clOrdId }) => clOrdId)).size).toBe(6);
  });

  it('lets quotes rest while nothing changes, and replaces them when one has traded', () => {
    const maker = new MarketMaker('maker.main', 'r');
    const aapl = instrument();
    const [first, second] = placed(maker.requote(aapl));
    expect(maker.requote(aapl)).toEqual([]);
    maker.onOrder(orderLike({ ...second, ordStatus: trading.OrdStatus.ORD_STATUS_NEW }));
    maker.onOrder(
      orderLike({ clOrdId: 'a person', symbol: 'AAPL', ordStatus: trading.OrdStatus.ORD_STATUS_FILLED }),
    );
    expect(maker.requote(aapl)).toEqual([]);
    maker.onOrder(orderLike({ ...first, ordStatus: trading.OrdStatus.ORD_STATUS_FILLED }));
    const commands = maker.requote(aapl);
    expect(cancelled(commands)).toHaveLength(5);
    expect(cancelled(commands)).not.toContain(first?.clOrdId);
    expect(placed(commands)).toHaveLength(6);
  });

  it('follows the price, and forgets its quotes with the stream', () => {
    const maker = new MarketMaker('maker.main', 'r');
    const aapl = instrument();
    maker.requote(aapl);
    while (aapl.walk.step() === 23_000);
    expect(cancelled(maker.requote(aapl))).toHaveLength(6);
    maker.reset();
    expect(cancelled(maker.requote(aapl))).toEqual([]);
  });
});

describe('MarketTaker', () => {
  it('trades on both sides, in several ways, and cancels what it left resting', () => {
    const taker = new MarketTaker('alice.main', 'r', seededRandom(3));
    const commands = Array.from({ length: 200 }, () => taker.trade(instrument())).flat();
    const orders = placed(commands);
    expect(orders).toHaveLength(200);
    expect(new Set(orders.map(({ side }) => side)).size).toBe(2);
    expect(new Set(orders.map(({ ordType, timeInForce }) => `${ordType} ${timeInForce}`)).size).toBe(3);
    const resting = orders.filter(({ timeInForce }) => timeInForce === trading.TimeInForce.TIME_IN_FORCE_DAY);
    expect(cancelled(commands)).toEqual(resting.slice(0, -3).map(({ clOrdId }) => clOrdId));
  });

  it('leans against its position', () => {
    const taker = new MarketTaker('alice.main', 'r', seededRandom(3));
    taker.onPlaced(orderLike({ side: common.Side.SIDE_BUY, cumQty: '250' }), instrument());
    const sides = Array.from({ length: 20 }, () => placed(taker.trade(instrument()))[0]?.side);
    expect(new Set(sides)).toEqual(new Set([common.Side.SIDE_SELL]));
  });
});

describe('MarketStatistics', () => {
  it('counts orders, trades once, and every reason of a refusal', () => {
    const statistics = new MarketStatistics();
    const reasons = ['ORDER_RATE', 'FAT_FINGER'].map((code) => ({ code, message: '', metadata: {} }));
    statistics.onAck(placedAck({ ordStatus: trading.OrdStatus.ORD_STATUS_NEW }), 1);
    statistics.onAck(placedAck({ ordStatus: trading.OrdStatus.ORD_STATUS_REJECTED, reasons }), 3);
    statistics.onAck(
      { requestId: 3, result: { $case: 'error', value: { status: 8, reason: undefined, retryAfterMs: 0 } } },
      5,
    );
    const report = trading.ExecutionReport.decode(Buffer.alloc(0));
    const trade = { ...report, execType: trading.ExecType.EXEC_TYPE_TRADE, lastPx: '230.01' };
    statistics.onReport({ ...trade, maker: true, order: orderLike({ symbol: 'AAPL' }) });
    statistics.onReport({ ...trade, maker: false });
    expect(statistics.report(30)).toBe(
      '2 orders, 1 trades in 30 s · refused: ORDER_RATE 1, FAT_FINGER 1, status 8 1 · ' +
        'answers in 3.0 ms (median), 5.0 ms (worst) · AAPL 230.01',
    );
    expect(statistics.report(30)).toBe(
      '0 orders, 0 trades in 30 s · none refused · no answers · AAPL 230.01',
    );
  });
});

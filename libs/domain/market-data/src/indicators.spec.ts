import type { Candle, TapeTrade } from './candle';
import { INTERVAL_MICROS } from './candle';
import { CandleSeries } from './candle-series';
import { moneyFlowIndex } from './money-flow';
import { realisedVolatility } from './realised-volatility';
import { relativeStrengthIndex } from './relative-strength';
import { statisticsOf } from './statistics';
import { TradeHistory } from './trade-history';

const MINUTE = INTERVAL_MICROS['1m'];
const SECOND = INTERVAL_MICROS['1s'];
const DAY = INTERVAL_MICROS['1d'];
/** Midnight of some day. */
const T0 = 20_000 * DAY;

let number = 0;
function trade(atMicros: number, priceTicks: number, quantityLots = 1): TapeTrade {
  number += 1;
  return { tradeNumber: number, side: 'BUY', priceTicks, quantityLots, atMicros };
}

function candle(minute: number, [high, low, close]: readonly number[], volumeLots = 1): Candle {
  const [highTicks, lowTicks, closeTicks] = [high as number, low as number, close as number];
  const turnoverTickLots = BigInt(closeTicks * volumeLots);
  const prices = { openTicks: closeTicks, highTicks, lowTicks, closeTicks };
  return { openAtMicros: T0 + minute * MINUTE, ...prices, volumeLots, turnoverTickLots, trades: 1 };
}

function minutesOf(candles: readonly Candle[]): CandleSeries {
  const series = new CandleSeries(MINUTE, 300);
  series.load(candles);
  return series;
}

const closes = (ticks: readonly number[], firstMinute = 0): CandleSeries =>
  minutesOf(ticks.map((close, at) => candle(firstMinute + at, [close, close, close])));

describe('candles', () => {
  it('open with the first trade, close with the last, and sum exactly', () => {
    const history = new TradeHistory();
    // 10:00 … prices in cents: by hand, 100.00×5 + 101.50×3 + 99.50×2 = 1,003.50 over 10 lots.
    for (const [seconds, ticks, lots] of [
      [0, 10_000, 5],
      [10, 10_150, 3],
      [59, 9_950, 2],
      [60, 9_960, 7],
    ] as const)
      history.take(trade(T0 + seconds * SECOND, ticks, lots));
    expect(history.candlesSince('1m', T0)).toEqual([
      {
        openAtMicros: T0,
        openTicks: 10_000,
        highTicks: 10_150,
        lowTicks: 9_950,
        closeTicks: 9_950,
        volumeLots: 10,
        turnoverTickLots: 100_350n,
        trades: 3,
      },
      {
        openAtMicros: T0 + MINUTE,
        openTicks: 9_960,
        highTicks: 9_960,
        lowTicks: 9_960,
        closeTicks: 9_960,
        volumeLots: 7,
        turnoverTickLots: 69_720n,
        trades: 1,
      },
    ]);
  });

  it.each(['5s', '15s', '5m', '15m', '1h', '4h'] as const)(
    'of %s are those of the same trades',
    (interval) => {
      const history = new TradeHistory();
      const direct = new CandleSeries(INTERVAL_MICROS[interval], 10_000);
      for (let i = 0; i < 3_000; i++) {
        const one = trade(T0 + i * 71 * 57_003, 10_000 + ((i * 7_919) % 301), 1 + (i % 9));
        history.take(one);
        direct.take(one);
      }
      const merged = history.candlesSince(interval, direct.newest?.openAtMicros ?? 0);
      expect(merged).toHaveLength(1);
      expect(merged).toEqual(direct.since(merged[0]?.openAtMicros ?? 0));
    },
  );

  it('and trades are bounded', () => {
    const history = new TradeHistory();
    for (let i = 0; i < 20_000; i++) history.take(trade(T0 + i * SECOND, 100));
    expect(history.seconds.candles.length).toBeLessThanOrEqual(602);
    expect(history.minutes.candles.length).toBeLessThanOrEqual(600);
    expect(history.trades.length).toBeLessThanOrEqual(200);
  });
});

describe('realised volatility', () => {
  const volatilityOf = (trades: readonly TapeTrade[], nowMicros: number): number => {
    const seconds = new CandleSeries(SECOND, 301);
    for (const one of trades) seconds.take(one);
    return realisedVolatility(seconds, nowMicros, 300 * SECOND);
  };

  it('is the root of the sum of squared log returns: by hand for 100 → 101 → 99', () => {
    const trades = [trade(T0, 100), trade(T0 + SECOND, 101), trade(T0 + 200 * SECOND, 99)];
    // ln(1.01) = 0.00995033, ln(99/101) = -0.02000067; √(0.0000990091 + 0.0004000267) = 0.0223391
    expect(volatilityOf(trades, T0 + 200 * SECOND)).toBeCloseTo(0.022_339_1, 7);
  });

  it('counts the first return of the window against the close before it, and nothing older', () => {
    const trades = [trade(T0, 50), trade(T0 + SECOND, 100), trade(T0 + 310 * SECOND, 101)];
    expect(volatilityOf(trades, T0 + 310 * SECOND)).toBeCloseTo(Math.log(1.01), 12);
    expect(volatilityOf(trades, T0 + 700 * SECOND)).toBe(0);
  });

  it('is zero without a return', () => {
    expect(volatilityOf([], T0)).toBe(0);
    expect(volatilityOf([trade(T0, 100)], T0)).toBe(0);
  });
});

describe('relative strength index', () => {
  const now = T0 + 14 * MINUTE;

  it('is 100 × gains over gains and losses: by hand', () => {
    // Moves: +2 -1 +3 0 -2 +1 +1 -1 +2 0 +4 -3 +1 +2: gains 16, losses 7.
    const moves = [2, -1, 3, 0, -2, 1, 1, -1, 2, 0, 4, -3, 1, 2];
    const ticks = [100];
    for (const move of moves) ticks.push((ticks.at(-1) as number) + move);
    expect(relativeStrengthIndex(closes(ticks), now, 14)).toBeCloseTo((100 * 16) / 23, 12);
  });

  it.each([
    ['rising only', Array.from({ length: 15 }, (_, i) => 100 + i), 100],
    ['falling only', Array.from({ length: 15 }, (_, i) => 100 - i), 0],
    ['still', Array.from({ length: 15 }, () => 100), 50],
  ] as const)('%s', (_, ticks, expected) => {
    expect(relativeStrengthIndex(closes(ticks), now, 14)).toBe(expected);
  });

  it('takes minutes without a trade to close where the one before did', () => {
    const series = minutesOf([
      candle(-30, [100, 100, 100]),
      candle(5, [103, 103, 103]),
      candle(9, [102, 102, 102]),
    ]);
    expect(relativeStrengthIndex(series, now, 14)).toBe(75);
  });

  it('is not known before there is a close to compare with', () => {
    expect(relativeStrengthIndex(closes([1, 2, 3], 12), now, 14)).toBeUndefined();
  });

  it('does not depend on how far back the history goes', () => {
    const ticks = Array.from({ length: 100 }, (_, i) => 1_000 + ((i * 37) % 23));
    const late = T0 + 99 * MINUTE;
    const long = relativeStrengthIndex(closes(ticks), late, 14);
    expect(relativeStrengthIndex(closes(ticks.slice(-15), 85), late, 14)).toBe(long);
  });
});

describe('money flow index', () => {
  const now = T0 + 14 * MINUTE;

  it('is 100 × positive flow over all flow: by hand', () => {
    const series = minutesOf([
      candle(0, [100, 100, 100], 10),
      // typical 102 > 100: + 102 × 5 = 510
      candle(3, [104, 100, 102], 5),
      // typical 101 < 102: - 101 × 2 = 202
      candle(7, [103, 99, 101], 2),
      // unchanged: nothing
      candle(8, [101, 101, 101], 50),
      // typical 103 > 101: + 103 × 1 = 103
      candle(14, [104, 102, 103], 1),
    ]);
    expect(moneyFlowIndex(series, now, 14)).toBeCloseTo((100 * 613) / 815, 5);
  });

  it('is 50 without flow, and not known without a trade from before', () => {
    expect(moneyFlowIndex(minutesOf([candle(-3, [100, 100, 100])]), now, 14)).toBe(50);
    expect(moneyFlowIndex(closes([100, 101], 10), now, 14)).toBeUndefined();
  });
});

describe('statistics', () => {
  it('tell the day, the close before it, and the indicators', () => {
    const history = new TradeHistory();
    history.take(trade(T0 - DAY - 5, 900));
    history.take(trade(T0 - 5, 950, 2));
    expect(statisticsOf(history, T0).day).toBeUndefined();
    history.take(trade(T0 + 5, 1_000, 3));
    const figures = statisticsOf(history, T0 + 10);
    expect(figures.previousCloseTicks).toBe(950);
    expect(figures.day).toMatchObject({ openTicks: 1_000, volumeLots: 3, turnoverTickLots: 3_000n });
    expect(figures.last?.priceTicks).toBe(1_000);
    expect(figures.volatility).toBeCloseTo(Math.hypot(Math.log(950 / 900), Math.log(1_000 / 950)), 12);
    expect(figures.relativeStrengthIndex).toBe(100);
  });

  it('know which of the newest trades were busted', () => {
    const history = new TradeHistory();
    const first = trade(T0, 100);
    history.take(first);
    history.bust(first.tradeNumber);
    history.bust(12_345_678);
    expect([...history.bustedTradeNumbers]).toEqual([first.tradeNumber]);
    for (let i = 0; i < 300; i++) history.take(trade(T0 + i, 100));
    expect(history.bustedTradeNumbers.size).toBe(0);
  });
});

import { type Candle, openAtMicrosOf } from './candle';
import type { CandleSeries } from './candle-series';

/**
 * Money flow index: over the last `periods` intervals, the one under way included, 100 × positive flow / (positive +
 * negative flow). The flow of an interval is its typical price, (high + low + close) / 3, times its volume; it is positive when the
 * typical price is above that of the last interval with a trade, negative when below. Sums are exact (three times the
 * typical price is whole ticks). 50 when there is no flow; undefined while no trade is known from before the first of
 * these intervals. Source: Quong and Soudack, "Volume-Weighted RSI: Money Flow", Stocks & Commodities 7 (1989).
 */
export function moneyFlowIndex(series: CandleSeries, nowMicros: number, periods: number): number | undefined {
  const fromMicros = openAtMicrosOf(nowMicros, series.intervalMicros) - (periods - 1) * series.intervalMicros;
  let last = series.candles.findLast(({ openAtMicros }) => openAtMicros < fromMicros);
  if (last === undefined) return undefined;
  let positive = 0n;
  let negative = 0n;
  for (const candle of series.since(fromMicros)) {
    if (candle.openAtMicros > nowMicros) break;
    const move = tripleTypicalTicks(candle) - tripleTypicalTicks(last);
    const flow = BigInt(tripleTypicalTicks(candle)) * BigInt(candle.volumeLots);
    if (move > 0) positive += flow;
    else if (move < 0) negative += flow;
    last = candle;
  }
  const all = positive + negative;
  return all === 0n ? 50 : Number((positive * 100n * PRECISION) / all) / Number(PRECISION);
}

/** Parts of one that the index is computed to before it becomes a floating-point number. */
const PRECISION = 1_000_000n;

function tripleTypicalTicks({ highTicks, lowTicks, closeTicks }: Candle): number {
  return highTicks + lowTicks + closeTicks;
}

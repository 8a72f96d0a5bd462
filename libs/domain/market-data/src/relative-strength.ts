import { openAtMicrosOf } from './candle';
import type { CandleSeries } from './candle-series';

/**
 * Relative strength index in Cutler's form: over the last `periods` intervals, the one under way included, 100 × gains /
 * (gains + losses) of the closes; an interval without a trade closes where the one before did. Gains and losses are whole
 * ticks, so only the last division is not exact. 50 when the price did not move; undefined while no close is known from
 * before the first of these intervals. Wilder's smoothed form is not used because it depends on where its history begins,
 * and so would change with a restart. Source: Wilder, "New Concepts in Technical Trading Systems" (1978); the plain sums
 * are Cutler's variation.
 */
export function relativeStrengthIndex(
  series: CandleSeries,
  nowMicros: number,
  periods: number,
): number | undefined {
  const fromMicros = openAtMicrosOf(nowMicros, series.intervalMicros) - (periods - 1) * series.intervalMicros;
  let lastTicks = series.closeBefore(fromMicros);
  if (lastTicks === undefined) return undefined;
  let gains = 0;
  let losses = 0;
  for (const { closeTicks, openAtMicros } of series.since(fromMicros)) {
    if (openAtMicros > nowMicros) break;
    const move = closeTicks - lastTicks;
    if (move > 0) gains += move;
    else losses -= move;
    lastTicks = closeTicks;
  }
  return gains + losses === 0 ? 50 : (100 * gains) / (gains + losses);
}

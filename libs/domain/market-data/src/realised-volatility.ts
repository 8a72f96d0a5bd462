import type { CandleSeries } from './candle-series';

/**
 * Realised volatility of the window that ends now: the root of the sum of squared logarithmic returns between the closes
 * of successive one-second candles, the first against the last close before the window. Seconds without a trade add
 * nothing, so it does not matter how gaps are filled. A fraction, not annualised; computed in floating point.
 * Source: Andersen, Bollerslev, Diebold, Labys, "Modeling and Forecasting Realized Volatility", Econometrica 71 (2003).
 */
export function realisedVolatility(seconds: CandleSeries, nowMicros: number, windowMicros: number): number {
  const fromMicros = nowMicros - windowMicros;
  let lastTicks = seconds.closeBefore(fromMicros);
  let squares = 0;
  for (const { closeTicks, openAtMicros } of seconds.since(fromMicros)) {
    if (openAtMicros > nowMicros) break;
    if (lastTicks !== undefined) squares += Math.log(closeTicks / lastTicks) ** 2;
    lastTicks = closeTicks;
  }
  return Math.sqrt(squares);
}

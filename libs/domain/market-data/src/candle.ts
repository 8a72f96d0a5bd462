/** A trade as everybody may see it, in the units of its instrument. */
export interface TapeTrade {
  readonly tradeNumber: number;
  /** Side of the taker. */
  readonly side: 'BUY' | 'SELL';
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly atMicros: number;
}

/** What was traded in one interval. Prices in ticks; exact, because all of it is integers. */
export interface Candle {
  readonly openAtMicros: number;
  readonly openTicks: number;
  readonly highTicks: number;
  readonly lowTicks: number;
  readonly closeTicks: number;
  readonly volumeLots: number;
  /** Sum of price × quantity. */
  readonly turnoverTickLots: bigint;
  readonly trades: number;
}

/** Names of the intervals that candles are made for. */
export type CandleInterval = '1s' | '5s' | '15s' | '1m' | '5m' | '15m' | '1h' | '4h' | '1d';

const SECOND_MICROS = 1_000_000;
const MINUTE_MICROS = 60 * SECOND_MICROS;
const HOUR_MICROS = 60 * MINUTE_MICROS;

/** How long each interval lasts. Every one is a whole number of each shorter one that it is merged from. */
export const INTERVAL_MICROS: Readonly<Record<CandleInterval, number>> = {
  '1s': SECOND_MICROS,
  '5s': 5 * SECOND_MICROS,
  '15s': 15 * SECOND_MICROS,
  '1m': MINUTE_MICROS,
  '5m': 5 * MINUTE_MICROS,
  '15m': 15 * MINUTE_MICROS,
  '1h': HOUR_MICROS,
  '4h': 4 * HOUR_MICROS,
  '1d': 24 * HOUR_MICROS,
};

/** When the interval began that a time lies in; intervals are counted from the epoch, so days begin at 00:00 UTC. */
export function openAtMicrosOf(atMicros: number, intervalMicros: number): number {
  return Math.floor(atMicros / intervalMicros) * intervalMicros;
}

/** The candle of a single trade. */
export function candleOf(trade: TapeTrade, intervalMicros: number): Candle {
  const { priceTicks, quantityLots, atMicros } = trade;
  return {
    openAtMicros: openAtMicrosOf(atMicros, intervalMicros),
    openTicks: priceTicks,
    highTicks: priceTicks,
    lowTicks: priceTicks,
    closeTicks: priceTicks,
    volumeLots: quantityLots,
    turnoverTickLots: BigInt(priceTicks) * BigInt(quantityLots),
    trades: 1,
  };
}

/** Two candles as one, the first being the earlier; it begins where the first does. */
export function mergedCandle(first: Candle, second: Candle): Candle {
  return {
    openAtMicros: first.openAtMicros,
    openTicks: first.openTicks,
    highTicks: Math.max(first.highTicks, second.highTicks),
    lowTicks: Math.min(first.lowTicks, second.lowTicks),
    closeTicks: second.closeTicks,
    volumeLots: first.volumeLots + second.volumeLots,
    turnoverTickLots: first.turnoverTickLots + second.turnoverTickLots,
    trades: first.trades + second.trades,
  };
}

/** Candles of a longer interval from those of a shorter one that divides it; both oldest first. */
export function coarserCandles(candles: readonly Candle[], intervalMicros: number): Candle[] {
  const coarser: Candle[] = [];
  for (const candle of candles) {
    const openAtMicros = openAtMicrosOf(candle.openAtMicros, intervalMicros);
    const last = coarser.at(-1);
    if (last?.openAtMicros === openAtMicros) coarser[coarser.length - 1] = mergedCandle(last, candle);
    else coarser.push({ ...candle, openAtMicros });
  }
  return coarser;
}

import { type Candle, openAtMicrosOf, type TapeTrade } from './candle';
import { moneyFlowIndex } from './money-flow';
import { realisedVolatility } from './realised-volatility';
import { relativeStrengthIndex } from './relative-strength';
import type { TradeHistory } from './trade-history';

/** Window of the volatility. */
export const VOLATILITY_WINDOW_MICROS = 300_000_000;
/** Minutes that the two indexes look back. */
export const INDEX_PERIODS = 14;

/** The figures of one instrument at one time. */
export interface Statistics {
  readonly last: TapeTrade | undefined;
  /** Today's candle; undefined while nothing was traded today. Its volume-weighted price is turnover over volume. */
  readonly day: Candle | undefined;
  readonly previousCloseTicks: number | undefined;
  readonly volatility: number;
  readonly relativeStrengthIndex: number | undefined;
  readonly moneyFlowIndex: number | undefined;
}

/** Computes the figures as of a time that no trade is later than. */
export function statisticsOf(history: TradeHistory, nowMicros: number): Statistics {
  const { seconds, minutes, days } = history;
  const todayMicros = openAtMicrosOf(nowMicros, days.intervalMicros);
  return {
    last: history.newest,
    day: days.since(todayMicros)[0],
    previousCloseTicks: days.closeBefore(todayMicros),
    volatility: realisedVolatility(seconds, nowMicros, VOLATILITY_WINDOW_MICROS),
    relativeStrengthIndex: relativeStrengthIndex(minutes, nowMicros, INDEX_PERIODS),
    moneyFlowIndex: moneyFlowIndex(minutes, nowMicros, INDEX_PERIODS),
  };
}

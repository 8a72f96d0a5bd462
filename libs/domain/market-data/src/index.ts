/** What everybody may see of a market: book images, candles and indicators. Pure: the same trades give the same figures. */
export {
  BookImage,
  BrokenImageError,
  type DepthLevel,
  type HashedBook,
  type OrderChange,
  ordersHashOf,
  type TouchedLevel,
} from './book-image';
export {
  type Candle,
  type CandleInterval,
  coarserCandles,
  INTERVAL_MICROS,
  mergedCandle,
  openAtMicrosOf,
  type TapeTrade,
} from './candle';
export { CandleSeries } from './candle-series';
export { changedLevels, type DepthChange, DepthImage, depthHashOf } from './depth-image';
export { moneyFlowIndex } from './money-flow';
export { realisedVolatility } from './realised-volatility';
export { relativeStrengthIndex } from './relative-strength';
export { INDEX_PERIODS, type Statistics, statisticsOf, VOLATILITY_WINDOW_MICROS } from './statistics';
export { type LoadedHistory, RECENT_TRADES_MAX, TradeHistory } from './trade-history';

import { marketdata } from '@clearway/contracts';
import type { CandleInterval } from '@clearway/domain-market-data';

const { CandleInterval: Wire } = marketdata;

const INTERVALS = new Map<marketdata.CandleInterval, CandleInterval>([
  [Wire.CANDLE_INTERVAL_1S, '1s'],
  [Wire.CANDLE_INTERVAL_5S, '5s'],
  [Wire.CANDLE_INTERVAL_15S, '15s'],
  [Wire.CANDLE_INTERVAL_1M, '1m'],
  [Wire.CANDLE_INTERVAL_5M, '5m'],
  [Wire.CANDLE_INTERVAL_15M, '15m'],
  [Wire.CANDLE_INTERVAL_1H, '1h'],
  [Wire.CANDLE_INTERVAL_4H, '4h'],
  [Wire.CANDLE_INTERVAL_1D, '1d'],
]);

/** The interval of a wire's number; undefined for UNSPECIFIED and for what a newer client may send. */
export function intervalFromWire(wire: marketdata.CandleInterval): CandleInterval | undefined {
  return INTERVALS.get(wire);
}

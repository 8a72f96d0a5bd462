import { common, marketdata } from '@clearway/contracts';
import type { Candle, CandleInterval, DepthLevel, Statistics } from '@clearway/domain-market-data';
import type { Instrument } from '@clearway/domain-trading';
import { formatDecimal } from '@clearway/kernel';
import type { PastTrade } from '../projections/market-history';
import { formatAveragePrice, formatPrice, formatQuantity } from './decimal.codec';

const { CandleInterval: Wire } = marketdata;
const VOLATILITY_DECIMALS = 8;
const INDEX_DECIMALS = 2;

/** Every interval, and what it is stored as, in seconds: see `STORED_INTERVALS_SECONDS`. */
export interface IntervalChoice {
  readonly interval: CandleInterval;
  readonly seconds: number;
  readonly storedSeconds: number;
}

const INTERVALS = new Map<marketdata.CandleInterval, IntervalChoice>([
  [Wire.CANDLE_INTERVAL_1S, { interval: '1s', seconds: 1, storedSeconds: 1 }],
  [Wire.CANDLE_INTERVAL_5S, { interval: '5s', seconds: 5, storedSeconds: 1 }],
  [Wire.CANDLE_INTERVAL_15S, { interval: '15s', seconds: 15, storedSeconds: 1 }],
  [Wire.CANDLE_INTERVAL_1M, { interval: '1m', seconds: 60, storedSeconds: 60 }],
  [Wire.CANDLE_INTERVAL_5M, { interval: '5m', seconds: 300, storedSeconds: 60 }],
  [Wire.CANDLE_INTERVAL_15M, { interval: '15m', seconds: 900, storedSeconds: 60 }],
  [Wire.CANDLE_INTERVAL_1H, { interval: '1h', seconds: 3_600, storedSeconds: 3_600 }],
  [Wire.CANDLE_INTERVAL_4H, { interval: '4h', seconds: 14_400, storedSeconds: 3_600 }],
  [Wire.CANDLE_INTERVAL_1D, { interval: '1d', seconds: 86_400, storedSeconds: 86_400 }],
]);

/** The interval of a wire's number; undefined for UNSPECIFIED and for what a newer client may send. */
export function intervalFromWire(wire: marketdata.CandleInterval): IntervalChoice | undefined {
  return INTERVALS.get(wire);
}

/** A price level in decimals. */
export function levelToWire(instrument: Instrument, { priceTicks, quantityLots, orders }: DepthLevel) {
  const price = formatPrice(instrument, priceTicks);
  return { price, quantity: formatQuantity(instrument, quantityLots), orders };
}

/** A trade in decimals. */
export function tradeToWire(
  instrument: Instrument,
  shardId: string,
  trade: PastTrade,
): marketdata.PublicTrade {
  return {
    tradeId: `${shardId}:T${trade.tradeNumber}`,
    price: formatPrice(instrument, trade.priceTicks),
    quantity: formatQuantity(instrument, trade.quantityLots),
    side: trade.side === 'BUY' ? common.Side.SIDE_BUY : common.Side.SIDE_SELL,
    atMicros: trade.atMicros,
    busted: trade.busted,
  };
}

/** A candle in decimals. */
export function candleToWire(instrument: Instrument, candle: Candle): marketdata.Candle {
  return {
    openAtMicros: candle.openAtMicros,
    open: formatPrice(instrument, candle.openTicks),
    high: formatPrice(instrument, candle.highTicks),
    low: formatPrice(instrument, candle.lowTicks),
    close: formatPrice(instrument, candle.closeTicks),
    volume: formatQuantity(instrument, candle.volumeLots),
    turnover: formatTurnover(instrument, candle.turnoverTickLots),
    vwap: formatAveragePrice(instrument, candle.turnoverTickLots, candle.volumeLots),
    trades: candle.trades,
  };
}

/** What of the statistics is decimal text; floating-point figures are rounded to the places that the contract names. */
export function figuresToWire(instrument: Instrument, { last, day, ...figures }: Statistics) {
  const { previousCloseTicks, volatility, relativeStrengthIndex, moneyFlowIndex } = figures;
  const candle = day && candleToWire(instrument, day);
  return {
    lastPrice: last ? formatPrice(instrument, last.priceTicks) : '',
    lastQuantity: last ? formatQuantity(instrument, last.quantityLots) : '',
    lastAtMicros: last?.atMicros ?? 0,
    openPrice: candle?.open ?? '',
    highPrice: candle?.high ?? '',
    lowPrice: candle?.low ?? '',
    volume: candle?.volume ?? '',
    turnover: candle?.turnover ?? '',
    vwap: candle?.vwap ?? '',
    trades: candle?.trades ?? 0,
    previousClosePrice: previousCloseTicks === undefined ? '' : formatPrice(instrument, previousCloseTicks),
    volatility: volatility.toFixed(VOLATILITY_DECIMALS),
    relativeStrengthIndex: relativeStrengthIndex?.toFixed(INDEX_DECIMALS) ?? '',
    moneyFlowIndex: moneyFlowIndex?.toFixed(INDEX_DECIMALS) ?? '',
  };
}

/** Ticks × lots as an amount of the quote asset. */
function formatTurnover(instrument: Instrument, tickLots: bigint): string {
  return formatDecimal(tickLots * instrument.tickValueMinor, instrument.quoteDecimals);
}

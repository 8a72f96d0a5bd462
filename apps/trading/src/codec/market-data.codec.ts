import { common, type marketdata } from '@clearway/contracts';
import type { Candle, CandleInterval, DepthLevel, Statistics } from '@clearway/domain-market-data';
import type { Instrument } from '@clearway/domain-trading';
import { formatDecimal } from '@clearway/kernel';
import type { PastTrade } from '../projections/market-history';
import { formatAveragePrice, formatPrice, formatQuantity } from './decimal.codec';

const VOLATILITY_DECIMALS = 8;
const INDEX_DECIMALS = 2;

/** What candles of each interval are merged from in the read model, in seconds: see `STORED_INTERVALS_SECONDS`. */
export const STORED_SECONDS: Readonly<Record<CandleInterval, number>> = {
  '1s': 1,
  '5s': 1,
  '15s': 1,
  '1m': 60,
  '5m': 60,
  '15m': 60,
  '1h': 3_600,
  '4h': 3_600,
  '1d': 86_400,
};

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

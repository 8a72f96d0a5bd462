import {
  type Candle,
  type CandleInterval,
  coarserCandles,
  INTERVAL_MICROS,
  openAtMicrosOf,
  type TapeTrade,
} from './candle';
import { CandleSeries } from './candle-series';

/** Trades that are kept to begin a stream of trades with. */
export const RECENT_TRADES_MAX = 100;
/** Five minutes of seconds for the volatility, and one for its first return. */
const SECONDS_MAX = 301;
/** Four hours of minutes for the longest candle merged from them, and an hour to spare. */
const MINUTES_MAX = 300;
/** Today and the last day before it that had a trade. */
const DAYS_MAX = 2;

/** What was read back of an instrument's past; all oldest first. */
export interface LoadedHistory {
  readonly seconds: readonly Candle[];
  readonly minutes: readonly Candle[];
  readonly days: readonly Candle[];
  readonly trades: readonly (TapeTrade & { readonly busted: boolean })[];
}

/** The newest trades of one instrument and the candles that everything else is computed from. */
export class TradeHistory {
  readonly seconds = new CandleSeries(INTERVAL_MICROS['1s'], SECONDS_MAX);
  readonly minutes = new CandleSeries(INTERVAL_MICROS['1m'], MINUTES_MAX);
  readonly days = new CandleSeries(INTERVAL_MICROS['1d'], DAYS_MAX);
  /** Oldest first. */
  trades: TapeTrade[] = [];
  readonly bustedTradeNumbers = new Set<number>();

  /** The last trade, busted or not. */
  get newest(): TapeTrade | undefined {
    return this.trades.at(-1);
  }

  /** Takes a trade that comes after all others. */
  take(trade: TapeTrade): void {
    this.seconds.take(trade);
    this.minutes.take(trade);
    this.days.take(trade);
    this.trades.push(trade);
    if (this.trades.length > 2 * RECENT_TRADES_MAX) this.trimTrades();
  }

  /** Notes that a trade does not count. Its candles are right again once they were loaded anew. */
  bust(tradeNumber: number): void {
    if (this.trades.some((trade) => trade.tradeNumber === tradeNumber))
      this.bustedTradeNumbers.add(tradeNumber);
  }

  /** Replaces everything by what was read back. */
  load({ seconds, minutes, days, trades }: LoadedHistory): void {
    this.seconds.load(seconds);
    this.minutes.load(minutes);
    this.days.load(days);
    this.trades = trades.map(({ busted: _busted, ...trade }) => trade);
    this.bustedTradeNumbers.clear();
    for (const { tradeNumber, busted } of trades) if (busted) this.bustedTradeNumbers.add(tradeNumber);
  }

  /** The candles of an interval that begin at this time or later, as far as they are kept, oldest first. */
  candlesSince(interval: CandleInterval, fromMicros: number): readonly Candle[] {
    const intervalMicros = INTERVAL_MICROS[interval];
    const series = this.seriesUnder(intervalMicros);
    const openAtMicros = openAtMicrosOf(fromMicros, intervalMicros);
    if (series.intervalMicros === intervalMicros) return series.since(openAtMicros);
    return coarserCandles(series.since(openAtMicros), intervalMicros);
  }

  private seriesUnder(intervalMicros: number): CandleSeries {
    if (intervalMicros >= this.days.intervalMicros) return this.days;
    return intervalMicros >= this.minutes.intervalMicros ? this.minutes : this.seconds;
  }

  private trimTrades(): void {
    const dropped = this.trades.splice(0, this.trades.length - RECENT_TRADES_MAX);
    for (const { tradeNumber } of dropped) this.bustedTradeNumbers.delete(tradeNumber);
  }
}

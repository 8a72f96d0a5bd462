import { type Candle, candleOf, mergedCandle, type TapeTrade } from './candle';

/** The newest candles of one interval, oldest first, made from trades as they come; intervals without a trade have none. */
export class CandleSeries {
  private series: Candle[] = [];

  /** `candlesMax` bounds what is kept. */
  constructor(
    readonly intervalMicros: number,
    private readonly candlesMax: number,
  ) {}

  /** All candles that are kept, oldest first. */
  get candles(): readonly Candle[] {
    return this.series;
  }

  /** The newest candle. */
  get newest(): Candle | undefined {
    return this.series.at(-1);
  }

  /** Replaces everything; oldest first. */
  load(candles: readonly Candle[]): void {
    this.series = candles.slice(-this.candlesMax);
  }

  /** Takes a trade that is not earlier than the last one. */
  take(trade: TapeTrade): void {
    const { series } = this;
    const candle = candleOf(trade, this.intervalMicros);
    const { newest } = this;
    if (newest?.openAtMicros === candle.openAtMicros)
      series[series.length - 1] = mergedCandle(newest, candle);
    else series.push(candle);
    if (series.length > this.candlesMax * 2) this.series = series.slice(-this.candlesMax);
  }

  /** The candles that begin at this time or later, oldest first. */
  since(openAtMicros: number): readonly Candle[] {
    const { series } = this;
    let from = series.length;
    while (from > 0 && (series[from - 1] as Candle).openAtMicros >= openAtMicros) from--;
    return series.slice(from);
  }

  /** The close of the last candle that begins before this time. */
  closeBefore(openAtMicros: number): number | undefined {
    return this.series.findLast((candle) => candle.openAtMicros < openAtMicros)?.closeTicks;
  }
}

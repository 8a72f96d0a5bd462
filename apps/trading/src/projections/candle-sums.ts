import type { ExecutionRow } from './execution-rows';

/** Trades of a symbol within an interval. */
export interface CandleSum {
  readonly symbol: string;
  readonly seconds: number;
  readonly openAtMicros: number;
  readonly openTicks: number;
  highTicks: number;
  lowTicks: number;
  closeTicks: number;
  volumeLots: bigint;
  turnoverTickLots: bigint;
  trades: number;
}

/** Sums trades up to candles of each length. Trades come in the order of their numbers, which is that of time; each length is made of the one before. */
export function candlesOf(executions: readonly ExecutionRow[], lengths: readonly number[]): CandleSum[] {
  const all: CandleSum[] = [];
  let shorter: readonly CandleSum[] | undefined;
  for (const seconds of lengths) {
    const sums = new CandleSums(seconds);
    if (shorter === undefined) for (const execution of executions) sums.addTrade(execution);
    else for (const candle of shorter) sums.add(candle.symbol, candle.openAtMicros, candle);
    shorter = sums.candles;
    all.push(...shorter);
  }
  return all;
}

type Sums = Omit<CandleSum, 'symbol' | 'seconds' | 'openAtMicros'>;

class CandleSums {
  readonly candles: CandleSum[] = [];
  readonly #seconds: number;
  readonly #bySymbol = new Map<string, Map<number, CandleSum>>();

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  addTrade({ symbol, event, tickLots, atMicros }: ExecutionRow): void {
    const ticks = event.priceTicks;
    this.add(symbol, atMicros, {
      openTicks: ticks,
      highTicks: ticks,
      lowTicks: ticks,
      closeTicks: ticks,
      volumeLots: BigInt(event.quantityLots),
      turnoverTickLots: tickLots,
      trades: 1,
    });
  }

  add(symbol: string, atMicros: number, sums: Sums): void {
    const micros = this.#seconds * 1_000_000;
    const openAtMicros = Math.floor(atMicros / micros) * micros;
    const ofSymbol = this.#of(symbol);
    const candle = ofSymbol.get(openAtMicros);
    if (candle) return extend(candle, sums);
    const begun = { ...sums, symbol, seconds: this.#seconds, openAtMicros };
    ofSymbol.set(openAtMicros, begun);
    this.candles.push(begun);
  }

  #of(symbol: string): Map<number, CandleSum> {
    let candles = this.#bySymbol.get(symbol);
    if (!candles) {
      candles = new Map();
      this.#bySymbol.set(symbol, candles);
    }
    return candles;
  }
}

function extend(candle: CandleSum, later: Sums): void {
  candle.highTicks = Math.max(candle.highTicks, later.highTicks);
  candle.lowTicks = Math.min(candle.lowTicks, later.lowTicks);
  candle.closeTicks = later.closeTicks;
  candle.volumeLots += later.volumeLots;
  candle.turnoverTickLots += later.turnoverTickLots;
  candle.trades += later.trades;
}

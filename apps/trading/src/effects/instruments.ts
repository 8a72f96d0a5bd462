import type { Instrument, TradingOutput } from '@clearway/domain-trading';

/** The listed instruments, as handlers need them to write prices and quantities. Filled before anything of them is answered. */
export class Instruments {
  private readonly bySymbol = new Map<string, Instrument>();

  /** Takes over what was listed before the start. */
  load(instruments: Iterable<Instrument>): void {
    for (const instrument of instruments) this.bySymbol.set(instrument.symbol, instrument);
  }

  /** Takes in what is listed while the service runs. */
  take(outputs: readonly TradingOutput[]): void {
    for (const output of outputs) if (output.kind === 'listed') this.load([output.instrument]);
  }

  /** The instrument of a symbol that an order names; a missing one is a bug. */
  readonly of = (symbol: string): Instrument => {
    const instrument = this.bySymbol.get(symbol);
    if (!instrument) throw new Error(`instrument ${symbol} is not loaded`);
    return instrument;
  };
}

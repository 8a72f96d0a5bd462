import type { LoadedHistory, TapeTrade, TradeHistory } from '@clearway/domain-market-data';

/** Trades that may come in while a history is read; past this the reading begins again. */
const TRADES_MEANWHILE_MAX = 100_000;

/**
 * Reads an instrument's past back while new trades come in. The trades of the meantime are kept, and those that what was read
 * does not hold yet are added to it: trade numbers say which.
 */
export class HistoryLoading {
  /** Trades since the reading began; undefined while none is under way. */
  private meanwhile: TapeTrade[] | undefined;
  private reading: Promise<void> | undefined;
  private isWanted = false;

  constructor(
    private readonly history: TradeHistory,
    private readonly read: () => Promise<LoadedHistory>,
    private readonly onLoaded: () => void,
  ) {}

  /** Notes a trade that the history has taken. */
  taken(trade: TapeTrade): void {
    if (this.meanwhile === undefined) return;
    if (this.meanwhile.length < TRADES_MEANWHILE_MAX) this.meanwhile.push(trade);
    else this.isWanted = true;
  }

  /** Begins to read, or begins again once the reading under way is over. Rejects with what `read` does. */
  async load(): Promise<void> {
    if (this.reading) {
      this.isWanted = true;
      return this.reading;
    }
    this.reading = this.readAll().finally(() => {
      this.reading = undefined;
      this.meanwhile = undefined;
    });
    return this.reading;
  }

  private async readAll(): Promise<void> {
    do {
      this.isWanted = false;
      this.meanwhile = [];
      const loaded = await this.read();
      if (!this.isWanted) this.replace(loaded);
    } while (this.isWanted);
  }

  private replace(loaded: LoadedHistory): void {
    const lastNumber = loaded.trades.at(-1)?.tradeNumber ?? 0;
    this.history.load(loaded);
    for (const trade of this.meanwhile ?? []) if (trade.tradeNumber > lastNumber) this.history.take(trade);
    this.onLoaded();
  }
}

import { common, trading } from '@clearway/contracts';
import type { OrderCommand } from './order-session';
import { SIMULATED_PREFIX, type SimulatedInstrument } from './simulated-instrument';

const LEVELS = 3;
const QUOTE_LOTS = [10, 20, 40] as const;

interface Quote {
  readonly clOrdId: string;
  readonly symbol: string;
}

/**
 * Quotes both sides of each instrument, three levels deep, around the price that the simulator believes in. Quotes move
 * when that price does or when one of them has traded; otherwise they rest, and nothing is sent.
 */
export class MarketMaker {
  private readonly quotes = new Map<string, Quote>();
  private readonly quotedAtTicks = new Map<string, number>();
  private nextNumber = 1;

  /** @param runId makes client order ids differ from those of earlier runs */
  constructor(
    private readonly account: string,
    private readonly runId: string,
  ) {}

  /** Cancels and places what brings the quotes of an instrument to its present price; empty when they stand right. */
  requote(instrument: SimulatedInstrument): readonly OrderCommand[] {
    const { symbol, walk } = instrument;
    const priceTicks = walk.priceTicks;
    if (this.quotedAtTicks.get(symbol) === priceTicks) return [];
    this.quotedAtTicks.set(symbol, priceTicks);
    const cancels = [...this.quotes.values()]
      .filter((quote) => quote.symbol === symbol)
      .map((quote) => this.cancel(quote));
    return [...cancels, ...this.place(instrument, priceTicks)];
  }

  /** Notices a quote that has traded or was refused, so that the next turn quotes anew. */
  onOrder({ clOrdId, symbol, ordStatus }: trading.Order): void {
    if (!this.quotes.has(clOrdId)) return;
    const stands =
      ordStatus === trading.OrdStatus.ORD_STATUS_NEW ||
      ordStatus === trading.OrdStatus.ORD_STATUS_PENDING_NEW;
    if (stands) return;
    this.quotedAtTicks.delete(symbol);
    if (ordStatus !== trading.OrdStatus.ORD_STATUS_PARTIALLY_FILLED) this.quotes.delete(clOrdId);
  }

  /** Forgets all quotes: the stream ended, and they were cancelled with it. */
  reset(): void {
    this.quotes.clear();
    this.quotedAtTicks.clear();
  }

  private place(instrument: SimulatedInstrument, priceTicks: number): readonly OrderCommand[] {
    const levels = Array.from({ length: LEVELS }, (_, level) => level);
    return levels.flatMap((level) => {
      const distanceTicks = (level + 1) * instrument.quoteStepTicks;
      return [
        this.quote(instrument, common.Side.SIDE_BUY, priceTicks - distanceTicks, level),
        this.quote(instrument, common.Side.SIDE_SELL, priceTicks + distanceTicks, level),
      ];
    });
  }

  private quote(
    instrument: SimulatedInstrument,
    side: common.Side,
    priceTicks: number,
    level: number,
  ): OrderCommand {
    const clOrdId = `${SIMULATED_PREFIX}${this.runId}-${this.nextNumber++}`;
    this.quotes.set(clOrdId, { clOrdId, symbol: instrument.symbol });
    const timeInForce = trading.TimeInForce.TIME_IN_FORCE_DAY;
    const order = { side, quantityLots: QUOTE_LOTS[level] ?? 1, priceTicks, timeInForce };
    return { $case: 'place', value: instrument.request(this.account, clOrdId, order) };
  }

  private cancel({ clOrdId }: Quote): OrderCommand {
    this.quotes.delete(clOrdId);
    return { $case: 'cancel', value: { orderId: '', account: this.account, clOrdId } };
  }
}

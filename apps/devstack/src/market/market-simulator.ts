import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAKER, TRADERS } from '../identities';
import { SAMPLE_INSTRUMENTS } from '../sample-instruments';
import type { StackClients } from '../stack-clients';
import type { StackConsole } from '../stack-console';
import { MarketMaker } from './market-maker';
import { MarketStatistics } from './market-statistics';
import { MarketTaker } from './market-taker';
import { OrderSession, type SessionListener } from './order-session';
import { SimulatedInstrument } from './simulated-instrument';

const QUOTE_INTERVAL_MS = 1_500;
const TRADE_INTERVAL_MS = 400;
const REPORT_INTERVAL_S = 30;
const RETRY_INTERVAL_MS = 1_000;
const RUN_ID_CHARS = 8;

/** One trader of the sample market with its session. */
interface Trader {
  readonly taker: MarketTaker;
  readonly session: OrderSession;
}

/**
 * A gentle market through the public API: one maker who quotes around a slowly walking price, and three traders who send
 * a few orders a second, each over its own certificate and stream. It outlives restarts of any service, and says every
 * 30 s what it did and what was refused.
 */
export class MarketSimulator {
  private readonly statistics = new MarketStatistics();
  private readonly runId = randomUUID().slice(0, RUN_ID_CHARS);
  private readonly maker: { readonly quoter: MarketMaker; readonly session: OrderSession };
  private readonly traders: readonly Trader[];
  private readonly timers: NodeJS.Timeout[] = [];
  private instruments: readonly SimulatedInstrument[] = [];
  private starting: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    connect: (participant: string) => StackClients,
    private readonly console: StackConsole,
  ) {
    this.clients = connect(MAKER);
    this.maker = this.createMaker(this.clients);
    this.traders = TRADERS.map((participant) => this.createTrader(participant, connect(participant)));
  }

  private readonly clients: StackClients;

  /** Begins to trade; returns at once and goes on in the background. */
  start(): void {
    this.starting = this.begin();
  }

  /** Stops trading and cancels what rests on the book. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.starting;
    await Promise.all([this.maker, ...this.traders].map(async ({ session }) => session.stop()));
  }

  private async begin(): Promise<void> {
    const lastPrices = await this.readLastPrices();
    if (this.stopped) return;
    this.instruments = SAMPLE_INSTRUMENTS.filter(({ simulated }) => simulated).map(
      (sample) => new SimulatedInstrument(sample, lastPrices.get(sample.symbol) ?? '', Math.random),
    );
    for (const { session } of [this.maker, ...this.traders]) session.start();
    this.every(QUOTE_INTERVAL_MS, () => this.quoteAll());
    this.every(TRADE_INTERVAL_MS, () => this.tradeOnce());
    this.every(REPORT_INTERVAL_S * 1_000, () =>
      this.console.info(this.statistics.report(REPORT_INTERVAL_S), 'market'),
    );
  }

  private every(intervalMs: number, work: () => void): void {
    this.timers.push(setInterval(work, intervalMs));
  }

  private quoteAll(): void {
    for (const instrument of this.instruments) {
      instrument.walk.step();
      const commands = this.maker.quoter.requote(instrument);
      if (commands.length > 0 && !this.maker.session.send(commands)) this.skipQuotes();
    }
  }

  /** Quotes that were not sent do not stand: begin anew with the next turn. */
  private skipQuotes(): void {
    this.maker.quoter.reset();
    this.statistics.onSkipped();
  }

  private tradeOnce(): void {
    const trader = pick(this.traders);
    const instrument = pick(this.instruments);
    if (trader === undefined || instrument === undefined) return;
    if (!trader.session.send(trader.taker.trade(instrument))) this.statistics.onSkipped();
  }

  private createMaker(clients: StackClients): { quoter: MarketMaker; session: OrderSession } {
    const quoter = new MarketMaker(`${MAKER}.main`, `${this.runId}-${MAKER}`);
    const listener: SessionListener = {
      ...this.listenerFor(MAKER, () => quoter.reset()),
      onAck: (_command, ack, latencyMs) => {
        this.statistics.onAck(ack, latencyMs);
        if (ack.result?.$case === 'placed' && ack.result.value.order !== undefined)
          quoter.onOrder(ack.result.value.order);
      },
      onReport: (report) => {
        this.statistics.onReport(report);
        if (report.order !== undefined) quoter.onOrder(report.order);
      },
    };
    return { quoter, session: new OrderSession(MAKER, clients, listener) };
  }

  private createTrader(participant: string, clients: StackClients): Trader {
    const taker = new MarketTaker(`${participant}.main`, `${this.runId}-${participant}`, Math.random);
    const listener: SessionListener = {
      ...this.listenerFor(participant, () => taker.reset()),
      onAck: (_command, ack, latencyMs) => {
        this.statistics.onAck(ack, latencyMs);
        const order = ack.result?.$case === 'placed' ? ack.result.value.order : undefined;
        const instrument = this.instruments.find(({ symbol }) => symbol === order?.symbol);
        if (order !== undefined && instrument !== undefined) taker.onPlaced(order, instrument);
      },
      onReport: (report) => this.statistics.onReport(report),
    };
    return { taker, session: new OrderSession(participant, clients, listener) };
  }

  private listenerFor(
    participant: string,
    reset: () => void,
  ): Pick<SessionListener, 'onConnected' | 'onLost'> {
    let isLost = false;
    return {
      onConnected: () => {
        reset();
        if (isLost) this.console.info(`${participant} trades again.`, 'market');
        isLost = false;
      },
      onLost: (why) => {
        reset();
        this.statistics.onReconnect();
        if (!isLost)
          this.console.warn(`${participant} lost the order stream (${why}); it reconnects.`, 'market');
        isLost = true;
      },
    };
  }

  /** Where trading stopped in an earlier run; the services may restart while this is asked. */
  private async readLastPrices(): Promise<ReadonlyMap<string, string>> {
    while (!this.stopped) {
      try {
        const { instruments } = await this.clients.trading.call('listInstruments', {}, { idempotent: true });
        return new Map(instruments.map(({ symbol, lastPrice }) => [symbol, lastPrice]));
      } catch (error) {
        this.console.warn(`The market waits for trading: ${String(error)}`, 'market');
        await sleep(RETRY_INTERVAL_MS);
      }
    }
    return new Map();
  }
}

function pick<Item>(items: readonly Item[]): Item | undefined {
  return items[Math.floor(Math.random() * items.length)];
}

import { type LoadedHistory, type OrderChange, ordersHashOf } from '@clearway/domain-market-data';
import {
  type Instrument,
  type Market,
  statusOf,
  type TradingOutput,
  type TradingState,
} from '@clearway/domain-trading';
import { type InvariantResult, invariant } from '@clearway/kernel';
import {
  type InstrumentUnits,
  type InstrumentView,
  MarketDataHub,
  QuotePublisher,
  type QuoteTaker,
} from '@clearway/platform-market-data';
import { RpcError } from '@clearway/platform-rpc';
import { formatPrice, formatQuantity } from '../codec/decimal.codec';
import type { TradingCore } from '../trading-core';
import { marketDataMetrics } from './market-data-metrics';

/** Reads an instrument's past from the read model. */
export interface PastReader {
  load(symbol: string): Promise<LoadedHistory>;
}

/** What an auction would come to; both figures 0 when nothing would trade. */
export interface AuctionView {
  readonly symbol: string;
  readonly priceTicks: number;
  readonly quantityLots: number;
}

const READ_AGAIN_AFTER_MS = 1_000;

/**
 * Market data of this process: it follows what trading publishes after each commit. Books are taken from the durable state
 * at the start; histories are read back from the read model while orders are already served, and again after a bust.
 */
export class MarketFeed {
  private hub: MarketDataHub | undefined;
  private quotes: QuotePublisher | undefined;
  private readonly retries = new Set<NodeJS.Timeout>();
  private readonly reloading = new Set<string>();

  constructor(
    private readonly core: TradingCore,
    private readonly past: PastReader,
    /** Takes the newest quotes for other processes; undefined where they share nothing. */
    private readonly shareQuote: QuoteTaker | undefined,
  ) {}

  /** The publisher. Throws NOT_READY until the process owns its shard. */
  get publisher(): MarketDataHub {
    if (this.hub === undefined) throw new RpcError('NOT_READY');
    return this.hub;
  }

  /** One instrument. Throws UNKNOWN_SYMBOL, or NOT_READY. */
  view(symbol: string): InstrumentView {
    const view = this.publisher.view(symbol);
    if (!view) throw new RpcError('UNKNOWN_SYMBOL', undefined, { symbol });
    return view;
  }

  /** Takes in what the shard publishes, in order. What comes before the start is in the state that the start reads. */
  take(outputs: readonly TradingOutput[]): void {
    const { hub } = this;
    if (hub === undefined) return;
    for (const output of outputs) {
      if (output.kind === 'market') hub.take(output.changes, output.atMicros);
      else if (output.kind === 'listed') this.listed(hub, output.instrument, output.phase);
    }
  }

  /** Takes over the books as they stand, and begins to read the histories back. */
  async start(): Promise<void> {
    const { core } = this;
    await core.read(({ markets }) => {
      const hub = new MarketDataHub({
        epoch: core.shard.epoch,
        readHistory: (symbol) => this.past.load(symbol),
        onBroken: (symbol, error) => this.broken(symbol, error),
        onUnread: (symbol, error) => this.unread(symbol, error),
      });
      for (const market of markets.values()) {
        hub.list(unitsOf(market.instrument), statusOf(market), market.phase);
        hub.loadBook(market.instrument.symbol, ordersOf(market));
      }
      this.hub = hub;
    });
    if (this.shareQuote !== undefined) this.quotes = new QuotePublisher(this.publisher, this.shareQuote);
    marketDataMetrics(core.figures, core.shardId, this.publisher);
    for (const symbol of this.publisher.symbols) void this.publisher.loadHistory(symbol);
  }

  /** Takes in what auctions would come to now. */
  takeAuctions(auctions: readonly AuctionView[], atMicros: number): void {
    this.hub?.take(
      auctions.map((auction) => ({ kind: 'auction-moved', ...auction })),
      atMicros,
    );
  }

  /** Publishes nothing more. */
  stop(): void {
    this.quotes?.stop();
    this.hub?.stop();
    for (const timer of this.retries) clearTimeout(timer);
  }

  /** The books that everybody sees are those that orders match in. Run it on durable state, which is what was published. */
  readonly invariant = ({ markets }: TradingState): InvariantResult => {
    const differing: string[] = [];
    for (const [symbol, { book }] of markets) {
      const shown = this.hub?.view(symbol)?.book;
      if (shown && shown.hash() !== ordersHashOf(book)) differing.push(`${symbol} is shown differently`);
    }
    return invariant('market-data-equals-books', differing);
  };

  private listed(hub: MarketDataHub, instrument: Instrument, phase: Market['phase']): void {
    if (hub.view(instrument.symbol)) return;
    hub.list(unitsOf(instrument), statusOf({ phase }), phase);
    hub.hasNoPast(instrument.symbol);
    this.quotes?.listed();
  }

  /** A bug; the book is loaded anew from the state, so that nobody goes on seeing a wrong one. */
  private broken(symbol: string, error: Error): void {
    if (this.reloading.has(symbol)) return;
    this.reloading.add(symbol);
    this.core.log.error({ symbol, err: error }, 'market data differs from the book; it is loaded anew');
    const reload = this.core.read(({ markets }) => {
      const market = markets.get(symbol);
      if (market) this.publisher.loadBook(symbol, ordersOf(market));
      this.reloading.delete(symbol);
    });
    reload.catch(() => undefined);
  }

  private unread(symbol: string, error: Error): void {
    this.core.log.warn({ symbol, err: error }, 'the history of trades could not be read; it is tried again');
    const timer = setTimeout(() => {
      this.retries.delete(timer);
      void this.publisher.loadHistory(symbol);
    }, READ_AGAIN_AFTER_MS);
    this.retries.add(timer);
  }
}

function unitsOf(instrument: Instrument): InstrumentUnits {
  return {
    symbol: instrument.symbol,
    tickSize: formatPrice(instrument, 1),
    lotSize: formatQuantity(instrument, 1),
  };
}

function ordersOf({ book }: Market): OrderChange[] {
  const orders: OrderChange[] = [];
  for (const side of ['BUY', 'SELL'] as const)
    book.forEachOrder(side, (orderNumber, priceTicks, quantityLots) => {
      orders.push({ orderNumber, side, priceTicks, quantityLots });
    });
  return orders;
}

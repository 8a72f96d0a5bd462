import type {
  BookImage,
  LoadedHistory,
  OrderChange,
  TapeTrade,
  TradeHistory,
} from '@clearway/domain-market-data';
import { HistoryLoading } from './history-loading';
import { type ChannelChoice, InstrumentFeed, phaseToWire, statusToWire } from './instrument-feed';
import { InstrumentState, type InstrumentUnits } from './instrument-state';
import { MARKET_DATA_LIMITS_DEFAULT, type MarketDataLimits } from './limits';
import { Pacer } from './pacer';
import type { PublicChange, PublicPhase } from './public-change';
import { type MessageSink, Subscriber } from './subscriber';
import type { TopicCounts } from './topic';

/** What a hub is made of. */
export interface MarketDataHubOptions {
  /** Tells this run of the publisher from those before: it must be greater than theirs. */
  readonly epoch: number;
  readonly limits?: Partial<MarketDataLimits>;
  /** Reads an instrument's past back: at the start, and when a trade was busted. */
  readonly readHistory: (symbol: string) => Promise<LoadedHistory>;
  /** A change did not follow what is held, which is a bug: whoever is told loads the book again. */
  readonly onBroken: (symbol: string, error: Error) => void;
  /** A history could not be read. */
  readonly onUnread: (symbol: string, error: Error) => void;
}

/** One instrument as unary calls look at it. */
export interface InstrumentView {
  readonly state: InstrumentState;
  readonly book: BookImage;
  readonly history: TradeHistory;
  /** False until its past was read back. */
  readonly hasHistory: boolean;
}

interface Entry {
  readonly state: InstrumentState;
  readonly feed: InstrumentFeed;
  readonly loading: HistoryLoading;
  hasHistory: boolean;
}

/** Kinds of channel, for figures. */
export type ChannelKind = ChannelChoice['kind'];

/** What somebody subscribes to. */
export interface Subscription {
  readonly symbol: string;
  readonly choice: ChannelChoice;
}

/**
 * The market data of one publisher: it follows what is durable, and publishes it in rounds to any number of subscribers.
 * Without subscribers nothing is gathered or encoded; books, candles and the last trades are kept up all the same.
 */
export class MarketDataHub {
  readonly counts: Readonly<Record<ChannelKind, TopicCounts>> = {
    quotes: noCounts(),
    depth: noCounts(),
    orders: noCounts(),
    trades: noCounts(),
    candles: noCounts(),
  };
  private readonly entries = new Map<string, Entry>();
  private readonly subscribers = new Set<Subscriber>();
  private readonly dirty = new Set<InstrumentFeed>();
  private readonly limits: MarketDataLimits;
  private readonly pacer: Pacer;

  constructor(private readonly options: MarketDataHubOptions) {
    this.limits = { ...MARKET_DATA_LIMITS_DEFAULT, ...options.limits };
    this.pacer = new Pacer(
      this.limits,
      () => this.flush(),
      () => this.writes,
    );
  }

  /** Tells this run of the publisher from others. */
  get epoch(): number {
    return this.options.epoch;
  }

  /** Streams that are open. */
  get subscriberCount(): number {
    return this.subscribers.size;
  }

  /** Streams that do not take what is written now. */
  get behindCount(): number {
    let behind = 0;
    for (const subscriber of this.subscribers) if (subscriber.isBehind) behind += 1;
    return behind;
  }

  /** Adds an instrument, without a past. */
  list(units: InstrumentUnits, status: 'OPEN' | 'HALTED', phase: PublicPhase = 'CONTINUOUS'): void {
    const { epoch, readHistory } = this.options;
    const state = new InstrumentState(units, statusToWire(status), phaseToWire(phase));
    const counts = this.counts;
    const feed = new InstrumentFeed({ state, epoch, limits: this.limits, counts });
    const loading = new HistoryLoading(
      state.history,
      () => readHistory(units.symbol),
      () => {
        entry.hasHistory = true;
        feed.invalidate();
      },
    );
    const entry: Entry = { state, feed, loading, hasHistory: false };
    this.entries.set(units.symbol, entry);
  }

  /** Says that there is nothing to read back: the instrument is new. */
  hasNoPast(symbol: string): void {
    this.entryOf(symbol).hasHistory = true;
  }

  /** Replaces an instrument's book by these orders in priority order. */
  loadBook(symbol: string, orders: Iterable<OrderChange>): void {
    this.entryOf(symbol).feed.loadBook(orders);
  }

  /** Reads an instrument's past back. Never rejects: `onUnread` is told. */
  async loadHistory(symbol: string): Promise<void> {
    await this.entryOf(symbol)
      .loading.load()
      .catch((error: Error) => this.options.onUnread(symbol, error));
  }

  /** Takes durable changes in order. Never throws for what they hold: `onBroken` is told. */
  take(changes: readonly PublicChange[], atMicros: number): void {
    for (const change of changes) {
      const entry = this.entryOf(change.symbol);
      entry.state.atMicros = atMicros;
      this.apply(entry, change, atMicros);
      if (entry.feed.isWatched) this.dirty.add(entry.feed);
    }
    if (this.dirty.size === 0) return;
    for (const feed of this.dirty) if (feed.isFull) return this.pacer.run();
    this.pacer.request();
  }

  /** What is durable of an instrument; undefined for a symbol that is not listed. */
  view(symbol: string): InstrumentView | undefined {
    const entry = this.entries.get(symbol);
    if (!entry) return undefined;
    const { state, hasHistory } = entry;
    return { state, book: state.book, history: state.history, hasHistory };
  }

  /** The symbols that are listed. */
  get symbols(): Iterable<string> {
    return this.entries.keys();
  }

  /** Sequence of the newest message of a channel, once all that is gathered was published. */
  settledSequence({ symbol, choice }: Subscription): number {
    const { feed } = this.entryOf(symbol);
    feed.flush();
    return feed.topicOf(choice).sequence;
  }

  /** Begins to send: snapshots first. Call the answered function when the reader is gone. */
  subscribe(sink: MessageSink, subscriptions: readonly Subscription[]): () => void {
    const feeds = new Set(subscriptions.map(({ symbol }) => this.entryOf(symbol).feed));
    const topics = subscriptions.map(({ symbol, choice }) => this.entryOf(symbol).feed.topicOf(choice));
    const subscriber = new Subscriber(sink, topics);
    this.subscribers.add(subscriber);
    for (const feed of feeds) feed.subscribersChanged();
    return () => {
      this.subscribers.delete(subscriber);
      subscriber.end();
      for (const feed of feeds) feed.subscribersChanged();
    };
  }

  /** Publishes nothing more. */
  stop(): void {
    this.pacer.stop();
  }

  private apply(entry: Entry, change: PublicChange, atMicros: number): void {
    switch (change.kind) {
      case 'traded':
        return this.takeTrade(entry, { ...change, atMicros });
      case 'busted':
        entry.feed.takeOther(change);
        void this.loadHistory(change.symbol);
        return;
      case 'status-changed':
      case 'auction-moved':
        return entry.feed.takeOther(change);
      default:
        try {
          entry.feed.takeOrder(change);
        } catch (error) {
          this.options.onBroken(change.symbol, error as Error);
        }
    }
  }

  private takeTrade(
    { feed, loading }: Entry,
    { tradeNumber, side, priceTicks, quantityLots, atMicros }: TapeTrade,
  ) {
    const trade = { tradeNumber, side, priceTicks, quantityLots, atMicros };
    feed.takeTrade(trade);
    loading.taken(trade);
  }

  private get writes(): number {
    const { quotes, depth, orders, trades, candles } = this.counts;
    return quotes.writes + depth.writes + orders.writes + trades.writes + candles.writes;
  }

  private flush(): void {
    for (const feed of this.dirty) feed.flush();
    this.dirty.clear();
  }

  private entryOf(symbol: string): Entry {
    const entry = this.entries.get(symbol);
    if (!entry) throw new Error(`${symbol} is not listed`);
    return entry;
  }
}

function noCounts(): TopicCounts {
  return { messages: 0, writes: 0, begins: 0, behinds: 0 };
}

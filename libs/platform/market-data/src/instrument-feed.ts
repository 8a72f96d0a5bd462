import { marketdata } from '@clearway/contracts';
import type { CandleInterval, OrderChange, TapeTrade } from '@clearway/domain-market-data';
import { CandlesChannel } from './channels/candles-channel';
import type { Channel, ChannelParts } from './channels/channel';
import { DepthChannel, WholeDepthChannel } from './channels/depth-channel';
import { OrdersChannel } from './channels/orders-channel';
import { QuotesChannel } from './channels/quotes-channel';
import { TradesChannel } from './channels/trades-channel';
import { NO_AUCTION } from './instrument-state';
import type { PublicBookChange, PublicChange, PublicPhase } from './public-change';
import type { Topic } from './topic';

/** What of an instrument somebody wants. */
export type ChannelChoice =
  | { readonly kind: 'quotes' | 'orders' | 'trades' }
  | { readonly kind: 'depth'; readonly levels: number }
  | { readonly kind: 'candles'; readonly interval: CandleInterval };

const STATUSES = {
  OPEN: marketdata.MarketStatus.MARKET_STATUS_OPEN,
  HALTED: marketdata.MarketStatus.MARKET_STATUS_HALTED,
} as const;

/** The status of a market on the wire. */
export function statusToWire(status: 'OPEN' | 'HALTED'): marketdata.MarketStatus {
  return STATUSES[status];
}

const PHASES: Readonly<Record<PublicPhase, marketdata.MarketPhase>> = {
  PRE_OPEN: marketdata.MarketPhase.MARKET_PHASE_PRE_OPEN,
  OPENING_AUCTION: marketdata.MarketPhase.MARKET_PHASE_OPENING_AUCTION,
  CONTINUOUS: marketdata.MarketPhase.MARKET_PHASE_CONTINUOUS,
  HALTED: marketdata.MarketPhase.MARKET_PHASE_HALTED,
  REOPENING_AUCTION: marketdata.MarketPhase.MARKET_PHASE_REOPENING_AUCTION,
  CLOSING_AUCTION: marketdata.MarketPhase.MARKET_PHASE_CLOSING_AUCTION,
  CLOSED: marketdata.MarketPhase.MARKET_PHASE_CLOSED,
};

/** The phase of a market on the wire. */
export function phaseToWire(phase: PublicPhase): marketdata.MarketPhase {
  return PHASES[phase];
}

/** One instrument: its durable state and the channels that somebody has ever asked for. */
export class InstrumentFeed {
  private readonly channels = new Map<string, Channel>();
  private active: readonly Channel[] = [];

  constructor(private readonly parts: ChannelParts) {}

  /** The topic of a channel, made when it is first asked for. */
  topicOf(choice: ChannelChoice): Topic {
    const key = JSON.stringify(choice);
    const channel = this.channels.get(key) ?? makeChannel(this.parts, choice);
    this.channels.set(key, channel);
    return channel.topic;
  }

  /** Whether the book's or the trades' changes are of interest: call after somebody came or went. */
  subscribersChanged(): void {
    this.active = [...this.channels.values()].filter(({ topic }) => topic.subscribers.size > 0);
  }

  /** Subscriptions, counting one that has several channels as often. */
  get subscriptions(): number {
    return this.active.reduce((sum, { topic }) => sum + topic.subscribers.size, 0);
  }

  /** True when so much was gathered that it must be sent whatever the pace. */
  get isFull(): boolean {
    return this.active.some(({ gathered }) => gathered >= this.parts.limits.gatheredChangesMax);
  }

  /** Whether there is anybody to publish to. */
  get isWatched(): boolean {
    return this.active.length > 0;
  }

  /** Takes a change of the book. Throws BrokenImageError when it does not follow what the image holds. */
  takeOrder(change: PublicBookChange): void {
    const order = orderChangeOf(change);
    const touched = this.parts.state.book.apply(order);
    for (const channel of this.active) channel.ordered?.(order, touched);
  }

  /** Takes a trade. */
  takeTrade(trade: TapeTrade): void {
    this.parts.state.history.take(trade);
    for (const channel of this.active) channel.traded?.(trade);
  }

  /** Takes what is neither an order nor a trade. */
  takeOther(change: Extract<PublicChange, { kind: 'busted' | 'status-changed' | 'auction-moved' }>): void {
    const { state } = this.parts;
    if (change.kind !== 'busted') {
      if (change.kind === 'auction-moved') state.auction = change;
      else {
        state.status = statusToWire(change.status);
        state.phase = phaseToWire(change.phase);
        state.auction = NO_AUCTION;
      }
      for (const channel of this.active) channel.statusChanged?.();
      return;
    }
    state.history.bust(change.tradeNumber);
    for (const channel of this.active) channel.busted?.(change.tradeNumber);
  }

  /** Replaces the book; whoever follows it gets a snapshot. */
  loadBook(orders: Iterable<OrderChange>): void {
    const { book } = this.parts.state;
    book.clear();
    for (const order of orders) book.apply(order);
    this.invalidate();
  }

  /** Everything was read anew: whoever follows any of it gets a snapshot. */
  invalidate(): void {
    for (const { topic } of this.active) topic.invalidate();
  }

  /** Publishes what was gathered. */
  flush(): void {
    for (const channel of this.active) channel.flush();
  }
}

function orderChangeOf(change: PublicBookChange): OrderChange {
  const { orderNumber } = change;
  if (change.kind === 'added') {
    const { side, priceTicks, quantityLots } = change;
    return { orderNumber, side, priceTicks, quantityLots };
  }
  const quantityLots = change.kind === 'reduced' ? change.leavesLots : 0;
  return { orderNumber, side: undefined, priceTicks: 0, quantityLots };
}

function makeChannel(parts: ChannelParts, choice: ChannelChoice): Channel {
  switch (choice.kind) {
    case 'quotes':
      return new QuotesChannel(parts);
    case 'depth':
      return choice.levels === 0 ? new WholeDepthChannel(parts) : new DepthChannel(parts, choice.levels);
    case 'orders':
      return new OrdersChannel(parts);
    case 'trades':
      return new TradesChannel(parts);
    case 'candles':
      return new CandlesChannel(parts, choice.interval);
  }
}

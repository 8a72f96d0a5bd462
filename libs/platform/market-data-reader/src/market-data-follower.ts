import { marketdata } from '@clearway/contracts';
import type { BookImage, DepthImage } from '@clearway/domain-market-data';
import {
  ChannelFollower,
  DepthRebuilt,
  type Followed,
  type FollowerCounts,
  NewestOnly,
  OrdersRebuilt,
} from './channel-follower';

interface Followers {
  readonly orders: OrdersRebuilt;
  readonly depth: DepthRebuilt;
  readonly quotes: NewestOnly;
  readonly byChannel: Map<marketdata.Channel, ChannelFollower>;
}

const { CHANNEL_ORDERS, CHANNEL_DEPTH, CHANNEL_QUOTES } = marketdata.Channel;

/** Rebuilds what a stream of market data tells, without any I/O: hand it each message in the order in which it came. */
export class MarketDataFollower {
  readonly counts: FollowerCounts = {
    messages: 0,
    snapshots: 0,
    behinds: 0,
    missed: 0,
    gaps: 0,
    hashesEqual: 0,
    hashesDiffered: 0,
  };
  private readonly symbols = new Map<string, Followers>();

  /** Applies a message. Anything but `applied` means that the stream must be begun anew. */
  follow(message: marketdata.SubscribeResponse): Followed {
    return this.channelOf(message.symbol, message.channel).follow(message);
  }

  /** The stream has ended; the images stay as they were until the next one's snapshots. */
  interrupted(): void {
    for (const { byChannel } of this.symbols.values())
      for (const channel of byChannel.values()) channel.interrupted();
  }

  /** Where a channel stands: epoch, sequence, and whether nothing was lost. */
  channelOf(symbol: string, channel: marketdata.Channel): ChannelFollower {
    const followers = this.followersOf(symbol);
    const known = followers.byChannel.get(channel);
    if (known) return known;
    const made = new ChannelFollower(rebuiltOf(followers, channel), this.counts);
    followers.byChannel.set(channel, made);
    return made;
  }

  /** The book order by order, from the channel ORDERS. */
  book(symbol: string): BookImage {
    return this.followersOf(symbol).orders.book;
  }

  /** The book by price, from the channel DEPTH. */
  depth(symbol: string): DepthImage {
    return this.followersOf(symbol).depth.depth;
  }

  /** The newest quote, from the channel QUOTES. */
  quote(symbol: string): marketdata.Quote | undefined {
    const { newest } = this.followersOf(symbol).quotes;
    return newest?.$case === 'quote' ? newest.value : undefined;
  }

  private followersOf(symbol: string): Followers {
    const known = this.symbols.get(symbol);
    if (known) return known;
    const made = {
      orders: new OrdersRebuilt(),
      depth: new DepthRebuilt(),
      quotes: new NewestOnly(),
      byChannel: new Map<marketdata.Channel, ChannelFollower>(),
    };
    this.symbols.set(symbol, made);
    return made;
  }
}

function rebuiltOf({ orders, depth, quotes }: Followers, channel: marketdata.Channel) {
  if (channel === CHANNEL_ORDERS) return orders;
  if (channel === CHANNEL_DEPTH) return depth;
  return channel === CHANNEL_QUOTES ? quotes : new NewestOnly();
}

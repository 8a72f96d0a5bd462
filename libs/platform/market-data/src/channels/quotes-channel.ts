import { marketdata } from '@clearway/contracts';
import { encodeMessage } from '../encode-message';
import { type SnapshotCause, Topic, type TopicSource } from '../topic';
import type { Channel, ChannelParts } from './channel';

const CHANNEL = marketdata.Channel.CHANNEL_QUOTES;

/** L1: each message is the whole quote, so whoever is behind gets the newest one. */
export class QuotesChannel implements Channel, TopicSource {
  readonly topic: Topic;
  private isTouched = false;
  private published: marketdata.Quote | undefined;

  constructor(private readonly parts: ChannelParts) {
    this.topic = new Topic(this, parts.limits, 0, parts.counts.quotes);
  }

  get gathered(): number {
    return 0;
  }

  ordered(): void {
    this.isTouched = true;
  }

  traded(): void {
    this.isTouched = true;
  }

  statusChanged(): void {
    this.isTouched = true;
  }

  flush(): void {
    if (!this.isTouched) return;
    this.isTouched = false;
    const quote = this.quote();
    if (this.published && isSame(this.published, quote)) return;
    this.published = quote;
    this.topic.publish((sequence) => this.encode(quote, sequence));
  }

  settle(): void {
    this.flush();
  }

  snapshot(sequence: number, cause: SnapshotCause): readonly Uint8Array[] {
    this.published = this.quote();
    return [this.encode(this.published, sequence, cause)];
  }

  private encode(quote: marketdata.Quote, sequence: number, cause?: SnapshotCause): Uint8Array {
    const { state, epoch } = this.parts;
    const head = { channel: CHANNEL, epoch, sequence, ...(cause && { cause }) };
    return encodeMessage(state, head, { $case: 'quote', value: quote });
  }

  private quote(): marketdata.Quote {
    const { book, history, status, phase, auction } = this.parts.state;
    const bid = book.best('BUY');
    const ask = book.best('SELL');
    const last = history.newest;
    return {
      bidPriceTicks: bid?.priceTicks ?? 0,
      bidQuantityLots: bid?.quantityLots ?? 0,
      askPriceTicks: ask?.priceTicks ?? 0,
      askQuantityLots: ask?.quantityLots ?? 0,
      lastPriceTicks: last?.priceTicks ?? 0,
      lastQuantityLots: last?.quantityLots ?? 0,
      status,
      phase,
      auctionPriceTicks: auction.priceTicks,
      auctionQuantityLots: auction.quantityLots,
    };
  }
}

function isSame(a: marketdata.Quote, b: marketdata.Quote): boolean {
  return (
    a.bidPriceTicks === b.bidPriceTicks &&
    a.bidQuantityLots === b.bidQuantityLots &&
    a.askPriceTicks === b.askPriceTicks &&
    a.askQuantityLots === b.askQuantityLots &&
    a.lastPriceTicks === b.lastPriceTicks &&
    a.lastQuantityLots === b.lastQuantityLots &&
    a.status === b.status &&
    a.phase === b.phase &&
    a.auctionPriceTicks === b.auctionPriceTicks &&
    a.auctionQuantityLots === b.auctionQuantityLots
  );
}

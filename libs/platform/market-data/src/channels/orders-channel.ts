import { common, marketdata } from '@clearway/contracts';
import type { OrderChange } from '@clearway/domain-market-data';
import { encodeMessage } from '../encode-message';
import { HashClock } from '../hash-clock';
import { partsOf } from '../parts';
import { type SnapshotCause, Topic, type TopicSource } from '../topic';
import type { Channel, ChannelParts } from './channel';

const CHANNEL = marketdata.Channel.CHANNEL_ORDERS;

/** L3: every change of every order, in order; none is left out, several may share a message. */
export class OrdersChannel implements Channel, TopicSource {
  readonly topic: Topic;
  private changes: OrderChange[] = [];
  private readonly hashClock: HashClock;

  constructor(private readonly parts: ChannelParts) {
    const { limits, counts } = parts;
    this.topic = new Topic(this, limits, limits.keptMessagesMax, counts.orders);
    this.hashClock = new HashClock(limits.hashIntervalMicros);
  }

  get gathered(): number {
    return this.changes.length;
  }

  ordered(change: OrderChange): void {
    this.changes.push(change);
  }

  flush(): void {
    if (this.changes.length === 0) return;
    const { changes } = this;
    this.changes = [];
    const { state, epoch } = this.parts;
    const hash = this.hashClock.isDue(state.atMicros) ? state.book.hash() : '';
    this.topic.publish((sequence) =>
      encodeMessage(state, { channel: CHANNEL, epoch, sequence, hash }, ordersUpdate(changes)),
    );
  }

  settle(): void {
    this.flush();
  }

  snapshot(sequence: number, cause: SnapshotCause): readonly Uint8Array[] {
    const { state, epoch, limits } = this.parts;
    const hash = state.book.hash();
    const parts = partsOf(state.book.orders(), limits.snapshotPartMax);
    return parts.map((part, at) => {
      const more = at < parts.length - 1;
      const head = { channel: CHANNEL, epoch, sequence, cause, more, hash: more ? '' : hash };
      return encodeMessage(state, head, ordersUpdate(part));
    });
  }
}

function ordersUpdate(changes: readonly OrderChange[]): NonNullable<marketdata.SubscribeResponse['update']> {
  return { $case: 'orders', value: { changes: changes.map(changeToWire) } };
}

function changeToWire({ orderNumber, side, priceTicks, quantityLots }: OrderChange): marketdata.OrderChange {
  return { orderNumber, side: sideToWire(side), priceTicks, quantityLots };
}

function sideToWire(side: OrderChange['side']): common.Side {
  if (side === undefined) return common.Side.SIDE_UNSPECIFIED;
  return side === 'BUY' ? common.Side.SIDE_BUY : common.Side.SIDE_SELL;
}

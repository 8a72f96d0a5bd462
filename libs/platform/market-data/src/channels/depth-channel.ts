import { marketdata } from '@clearway/contracts';
import {
  changedLevels,
  type DepthLevel,
  depthHashOf,
  type OrderChange,
  type TouchedLevel,
} from '@clearway/domain-market-data';
import { encodeMessage, type MessageHead } from '../encode-message';
import { HashClock } from '../hash-clock';
import { partsOf } from '../parts';
import { type SnapshotCause, Topic, type TopicSource } from '../topic';
import type { Channel, ChannelParts } from './channel';

const CHANNEL = marketdata.Channel.CHANNEL_DEPTH;

/** Depths that may be asked for; each that is has a topic of its own. 0 is the whole book. */
export const DEPTHS: readonly number[] = [0, 5, 10, 20, 50];

interface Levels {
  readonly bids: readonly DepthLevel[];
  readonly asks: readonly DepthLevel[];
}

const NO_LEVELS: Levels = { bids: [], asks: [] };

/** L2 of the best levels: what is published is the difference to what was published last. */
export class DepthChannel implements Channel, TopicSource {
  readonly topic: Topic;
  private isTouched = false;
  private published = NO_LEVELS;
  private readonly hashClock: HashClock;

  constructor(
    private readonly parts: ChannelParts,
    private readonly levelsMax: number,
  ) {
    const { limits, counts } = parts;
    this.topic = new Topic(this, limits, limits.keptDepthMessagesMax, counts.depth);
    this.hashClock = new HashClock(limits.hashIntervalMicros);
  }

  get gathered(): number {
    return 0;
  }

  ordered(_change: OrderChange, _level: TouchedLevel): void {
    this.isTouched = true;
  }

  flush(): void {
    if (!this.isTouched) return;
    this.isTouched = false;
    const levels = this.levels();
    const bids = changedLevels(this.published.bids, levels.bids);
    const asks = changedLevels(this.published.asks, levels.asks);
    this.published = levels;
    if (bids.length + asks.length === 0) return;
    const { state, epoch } = this.parts;
    const isHashed = this.hashClock.isDue(state.atMicros);
    this.topic.publish((sequence) => {
      const head = { channel: CHANNEL, epoch, sequence, ...(isHashed && { hash: hashOf(levels) }) };
      return encodeMessage(state, head, depthUpdate({ bids, asks }));
    });
  }

  settle(): void {
    this.flush();
  }

  snapshot(sequence: number, cause: SnapshotCause): readonly Uint8Array[] {
    this.published = this.levels();
    const { state, epoch } = this.parts;
    const head = { channel: CHANNEL, epoch, sequence, cause };
    return encodeDepthParts(state, head, this.published, this.parts.limits.snapshotPartMax);
  }

  private levels(): Levels {
    const { book } = this.parts.state;
    return { bids: book.depth('BUY', this.levelsMax), asks: book.depth('SELL', this.levelsMax) };
  }
}

/** L2 of the whole book: what is published are the levels that were touched. */
export class WholeDepthChannel implements Channel, TopicSource {
  readonly topic: Topic;
  private readonly touched = { BUY: new Set<number>(), SELL: new Set<number>() };
  private readonly hashClock: HashClock;

  constructor(private readonly parts: ChannelParts) {
    const { limits, counts } = parts;
    this.topic = new Topic(this, limits, limits.keptDepthMessagesMax, counts.depth);
    this.hashClock = new HashClock(limits.hashIntervalMicros);
  }

  get gathered(): number {
    return this.touched.BUY.size + this.touched.SELL.size;
  }

  ordered(_: OrderChange, { side, priceTicks }: TouchedLevel): void {
    this.touched[side].add(priceTicks);
  }

  flush(): void {
    if (this.gathered === 0) return;
    const { state, epoch } = this.parts;
    const bids = Array.from(this.touched.BUY, (priceTicks) => state.book.level('BUY', priceTicks));
    const asks = Array.from(this.touched.SELL, (priceTicks) => state.book.level('SELL', priceTicks));
    this.touched.BUY.clear();
    this.touched.SELL.clear();
    const isHashed = this.hashClock.isDue(state.atMicros);
    this.topic.publish((sequence) => {
      const head = { channel: CHANNEL, epoch, sequence, ...(isHashed && { hash: hashOf(this.levels()) }) };
      return encodeMessage(state, head, depthUpdate({ bids, asks }));
    });
  }

  settle(): void {
    this.flush();
  }

  snapshot(sequence: number, cause: SnapshotCause): readonly Uint8Array[] {
    const { state, epoch, limits } = this.parts;
    const head = { channel: CHANNEL, epoch, sequence, cause };
    return encodeDepthParts(state, head, this.levels(), limits.snapshotPartMax);
  }

  private levels(): Levels {
    const { book } = this.parts.state;
    return {
      bids: book.depth('BUY', Number.MAX_SAFE_INTEGER),
      asks: book.depth('SELL', Number.MAX_SAFE_INTEGER),
    };
  }
}

function hashOf({ bids, asks }: Levels): string {
  return depthHashOf(bids, asks);
}

function depthUpdate({ bids, asks }: Levels): NonNullable<marketdata.SubscribeResponse['update']> {
  return { $case: 'depth', value: { bids: [...bids], asks: [...asks] } };
}

function encodeDepthParts(
  state: ChannelParts['state'],
  head: MessageHead,
  levels: Levels,
  partMax: number,
): Uint8Array[] {
  const bids = partsOf(levels.bids, partMax).map((part) => ({ bids: part, asks: [] }));
  const asks = partsOf(levels.asks, partMax).map((part) => ({ bids: [], asks: part }));
  const isSmall = levels.bids.length + levels.asks.length <= partMax;
  const parts: Levels[] = isSmall ? [levels] : [...bids, ...asks];
  return parts.map((part, at) => {
    const more = at < parts.length - 1;
    return encodeMessage(state, { ...head, more, hash: more ? '' : hashOf(levels) }, depthUpdate(part));
  });
}

import { common, marketdata } from '@clearway/contracts';
import { BookImage, BrokenImageError, DepthImage, type OrderChange } from '@clearway/domain-market-data';

/** What a message did: `gap` and `differs` mean that what is held can not be trusted, and only a new subscription helps. */
export type Followed = 'applied' | 'gap' | 'differs';

/** What is rebuilt from a channel's updates. */
export interface Rebuilt {
  clear(): void;
  /** Throws BrokenImageError if the update cannot follow what is held. */
  apply(update: NonNullable<marketdata.SubscribeResponse['update']>): void;
  /** The hash to compare with the server's; undefined for channels that have none. */
  hash(): string | undefined;
}

/** What a follower has counted. */
export interface FollowerCounts {
  messages: number;
  snapshots: number;
  /** Snapshots that stood in for messages which the server no longer kept for us. */
  behinds: number;
  /** Messages of ours that those snapshots stood in for. */
  missed: number;
  gaps: number;
  hashesEqual: number;
  hashesDiffered: number;
}

/** Follows one channel of one symbol: epoch, sequence, snapshots in parts, and the proof by hash. */
export class ChannelFollower {
  epoch = 0;
  /** Of the newest message that was applied whole. */
  sequence = 0;
  /** True once a whole snapshot was applied and nothing was lost since. */
  isCurrent = false;
  private isInSnapshot = false;

  constructor(
    private readonly rebuilt: Rebuilt,
    private readonly counts: FollowerCounts,
  ) {}

  /** Applies the next message. */
  follow(message: marketdata.SubscribeResponse): Followed {
    this.counts.messages += 1;
    const isSnapshot = message.snapshot !== marketdata.SnapshotCause.SNAPSHOT_CAUSE_UNSPECIFIED;
    const isFollowing = isSnapshot ? this.beginSnapshot(message) : this.isNext(message);
    if (!isFollowing || !this.applies(message)) return this.lost();
    this.epoch = message.epoch;
    this.sequence = message.sequence;
    this.isInSnapshot = message.more;
    if (message.more) return 'applied';
    this.isCurrent = true;
    return this.isProven(message.hash) ? 'applied' : 'differs';
  }

  /** Forgets where it stood, because the stream has ended: what comes next must be a snapshot. */
  interrupted(): void {
    this.isCurrent = false;
    this.isInSnapshot = false;
  }

  private isNext({ epoch, sequence }: marketdata.SubscribeResponse): boolean {
    return this.isCurrent && epoch === this.epoch && sequence === this.sequence + 1;
  }

  /** A snapshot replaces everything, also one in whose midst we were. One of an older publisher is refused. */
  private beginSnapshot({ epoch, sequence, snapshot }: marketdata.SubscribeResponse): boolean {
    if (epoch < this.epoch) return false;
    if (this.isInSnapshot && epoch === this.epoch && sequence === this.sequence) return true;
    this.counts.snapshots += 1;
    if (snapshot === marketdata.SnapshotCause.SNAPSHOT_CAUSE_BEHIND) {
      this.counts.behinds += 1;
      if (this.isCurrent) this.counts.missed += sequence - this.sequence;
    }
    this.isCurrent = false;
    this.rebuilt.clear();
    return true;
  }

  private applies({ update }: marketdata.SubscribeResponse): boolean {
    if (!update) return false;
    try {
      this.rebuilt.apply(update);
      return true;
    } catch (error) {
      if (error instanceof BrokenImageError) return false;
      throw error;
    }
  }

  private isProven(hash: string): boolean {
    if (hash === '') return true;
    const isEqual = this.rebuilt.hash() === hash;
    if (isEqual) this.counts.hashesEqual += 1;
    else this.counts.hashesDiffered += 1;
    if (!isEqual) this.interrupted();
    return isEqual;
  }

  private lost(): Followed {
    this.counts.gaps += 1;
    this.interrupted();
    return 'gap';
  }
}

/** Rebuilds L3. */
export class OrdersRebuilt implements Rebuilt {
  readonly book = new BookImage();

  clear(): void {
    this.book.clear();
  }

  apply(update: NonNullable<marketdata.SubscribeResponse['update']>): void {
    if (update.$case !== 'orders') throw new BrokenImageError(`${update.$case} in a stream of orders`);
    for (const change of update.value.changes) this.book.apply(changeFromWire(change));
  }

  hash(): string {
    return this.book.hash();
  }
}

/** Rebuilds L2. */
export class DepthRebuilt implements Rebuilt {
  readonly depth = new DepthImage();

  clear(): void {
    this.depth.clear();
  }

  apply(update: NonNullable<marketdata.SubscribeResponse['update']>): void {
    if (update.$case !== 'depth') throw new BrokenImageError(`${update.$case} in a stream of depth`);
    this.depth.apply(update.value);
  }

  hash(): string {
    return this.depth.hash();
  }
}

/** Keeps the newest update of a channel whose messages are read one by one, by whoever listens. */
export class NewestOnly implements Rebuilt {
  newest: NonNullable<marketdata.SubscribeResponse['update']> | undefined;

  clear(): void {
    this.newest = undefined;
  }

  apply(update: NonNullable<marketdata.SubscribeResponse['update']>): void {
    this.newest = update;
  }

  hash(): undefined {
    return undefined;
  }
}

function changeFromWire({
  orderNumber,
  side,
  priceTicks,
  quantityLots,
}: marketdata.OrderChange): OrderChange {
  const sides = { [common.Side.SIDE_BUY]: 'BUY', [common.Side.SIDE_SELL]: 'SELL' } as const;
  return { orderNumber, side: sides[side as keyof typeof sides], priceTicks, quantityLots };
}

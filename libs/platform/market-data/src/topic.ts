import { KeptMessages } from './kept-messages';
import type { MarketDataLimits } from './limits';

/** Why a reader is given a whole state. */
export type SnapshotCause = 'BEGIN' | 'BEHIND';

/** Who is told of a topic's messages. */
export interface TopicReader {
  /** Takes the newest message, or notes that it must be fetched later. Answers whether it was written. */
  offer(topic: Topic, message: Uint8Array): boolean;
  /** Fetches what it misses, now or later. */
  refetch(topic: Topic): void;
}

/** What a topic is about: it writes down its state. */
export interface TopicSource {
  /** Publishes whatever was gathered, so that the state is the one after the topic's newest message. */
  settle(): void;
  /** The state after the message of this sequence, in one or more encoded messages. */
  snapshot(sequence: number, cause: SnapshotCause): readonly Uint8Array[];
}

/** Where one subscriber stands in one topic: all that is kept for it. */
export class Cursor {
  /** Sequence of the message that it gets next; 0 before its first snapshot. */
  next = 0;
  /** Sequence of the snapshot that it is in the midst of; -1 for none. */
  snapshotSequence = -1;
  cause: SnapshotCause = 'BEGIN';
  part = 0;
}

interface Snapshot {
  readonly sequence: number;
  readonly parts: readonly Uint8Array[];
}

/** What happened in a topic since the start. */
export interface TopicCounts {
  messages: number;
  /** Messages handed to a subscriber's stream. */
  writes: number;
  begins: number;
  /** Readers that were behind by more than what is kept, and got a snapshot instead. */
  behinds: number;
}

/**
 * One stream of messages for any number of subscribers, who share each message's bytes. Nobody is waited for: a subscriber
 * is a cursor, and takes what it missed from the messages that are kept; when they do not reach back far enough, or for topics
 * that keep none, it takes a snapshot. So a subscriber costs the same whether it reads or not.
 */
export class Topic {
  /** Of the newest message. */
  sequence = 0;
  readonly subscribers = new Set<TopicReader>();
  private readonly kept: KeptMessages;
  private readonly snapshots = new Map<SnapshotCause, Snapshot>();

  constructor(
    private readonly source: TopicSource,
    private readonly limits: Pick<MarketDataLimits, 'keptBytesMax' | 'snapshotAgeMessagesMax'>,
    keptMessagesMax: number,
    readonly counts: TopicCounts,
  ) {
    this.kept = new KeptMessages(keptMessagesMax, limits.keptBytesMax);
  }

  /** Gives the next sequence to a message and hands it to all; it is encoded once. */
  publish(encode: (sequence: number) => Uint8Array): void {
    const message = encode(this.sequence + 1);
    this.sequence += 1;
    this.kept.push(this.sequence, message);
    this.counts.messages += 1;
    let writes = 0;
    for (const subscriber of this.subscribers) if (subscriber.offer(this, message)) writes += 1;
    this.counts.writes += writes;
  }

  /** The state changed otherwise than by messages: everybody gets a snapshot of it. */
  invalidate(): void {
    this.sequence += 1;
    this.kept.clear();
    this.snapshots.clear();
    for (const subscriber of this.subscribers) subscriber.refetch(this);
  }

  /** Lets a subscriber go. The last one takes with it what was kept. */
  leave(subscriber: TopicReader): void {
    this.subscribers.delete(subscriber);
    if (this.subscribers.size > 0) return;
    this.kept.clear();
    this.snapshots.clear();
  }

  /** The message that this cursor gets next, moving it on; undefined when it has them all. */
  next(cursor: Cursor): Uint8Array | undefined {
    const message = this.nextPart(cursor) ?? this.nextMessage(cursor);
    if (message) this.counts.writes += 1;
    return message;
  }

  private nextMessage(cursor: Cursor): Uint8Array | undefined {
    if (cursor.next > this.sequence) return undefined;
    const message = cursor.next === 0 ? undefined : this.kept.at(cursor.next);
    if (message === undefined) return this.beginSnapshot(cursor);
    cursor.next += 1;
    return message;
  }

  /** A snapshot that was replaced meanwhile is not kept for those who are in its midst: they begin the new one. */
  private nextPart(cursor: Cursor): Uint8Array | undefined {
    if (cursor.snapshotSequence < 0) return undefined;
    const snapshot = this.snapshots.get(cursor.cause);
    if (snapshot?.sequence !== cursor.snapshotSequence) return this.beginSnapshot(cursor);
    const part = snapshot.parts[cursor.part] as Uint8Array;
    cursor.part += 1;
    if (cursor.part === snapshot.parts.length) cursor.snapshotSequence = -1;
    return part;
  }

  private beginSnapshot(cursor: Cursor): Uint8Array | undefined {
    cursor.cause = cursor.next === 0 ? 'BEGIN' : 'BEHIND';
    if (cursor.cause === 'BEGIN') this.counts.begins += 1;
    else this.counts.behinds += 1;
    const { sequence } = this.snapshotNow(cursor.cause);
    cursor.next = sequence + 1;
    cursor.snapshotSequence = sequence;
    cursor.part = 0;
    return this.nextPart(cursor);
  }

  private snapshotNow(cause: SnapshotCause): Snapshot {
    const cached = this.snapshots.get(cause);
    if (cached && this.isUsable(cached)) return cached;
    this.source.settle();
    const { sequence } = this;
    const snapshot = { sequence, parts: this.source.snapshot(sequence, cause) };
    this.snapshots.set(cause, snapshot);
    return snapshot;
  }

  /** One of several parts is used as long as it can be continued: others are in its midst. */
  private isUsable({ sequence, parts }: Snapshot): boolean {
    if (sequence === this.sequence) return true;
    if (this.kept.at(sequence + 1) === undefined) return false;
    return parts.length > 1 || this.sequence - sequence <= this.limits.snapshotAgeMessagesMax;
  }
}

import { Cursor, type Topic, type TopicReader } from './topic';

/** The sending half of a stream of encoded messages; platform-rpc's ResponseStream fits. */
export interface MessageSink {
  /** False means that the reader is behind: wait for `drained`. */
  write(message: Uint8Array): boolean;
  /** Resolves when the reader has caught up, or is gone. */
  drained(): Promise<void>;
}

/**
 * One reader of some topics. While its stream takes no more, nothing is written and nothing is queued: each topic is only
 * marked, and what was missed is fetched from the topics once the stream has drained.
 */
export class Subscriber implements TopicReader {
  private readonly cursors = new Map<Topic, Cursor>();
  /** Topics with something that was not written yet, in the order in which they take turns. */
  private readonly lagging = new Set<Topic>();
  private isBlocked = false;
  private isOver = false;

  constructor(
    private readonly sink: MessageSink,
    topics: Iterable<Topic>,
  ) {
    for (const topic of topics) {
      this.cursors.set(topic, new Cursor());
      this.lagging.add(topic);
      topic.subscribers.add(this);
    }
    this.pump();
  }

  /** True while it does not take what is written. */
  get isBehind(): boolean {
    return this.isBlocked;
  }

  /** Takes a topic's newest message, or notes that it must be fetched later. Answers whether it was written. */
  offer(topic: Topic, message: Uint8Array): boolean {
    if (this.isBlocked || this.lagging.has(topic)) {
      this.lagging.add(topic);
      return false;
    }
    (this.cursors.get(topic) as Cursor).next = topic.sequence + 1;
    this.write(message);
    return true;
  }

  /** Fetches what it misses of a topic, now or once its stream has drained. */
  refetch(topic: Topic): void {
    this.lagging.add(topic);
    this.pump();
  }

  /** Leaves every topic; nothing is written any more. */
  end(): void {
    this.isOver = true;
    for (const topic of this.cursors.keys()) topic.leave(this);
    this.cursors.clear();
    this.lagging.clear();
  }

  /** Writes what was missed, topic by topic, until the stream is full or nothing is missing. */
  private pump(): void {
    for (const topic of this.lagging) {
      const cursor = this.cursors.get(topic) as Cursor;
      let message = this.isBlocked ? undefined : topic.next(cursor);
      while (message) {
        this.write(message);
        message = this.isBlocked ? undefined : topic.next(cursor);
      }
      if (this.isBlocked) return this.letOthersFirst(topic);
      this.lagging.delete(topic);
    }
  }

  private letOthersFirst(topic: Topic): void {
    this.lagging.delete(topic);
    this.lagging.add(topic);
  }

  private write(message: Uint8Array): void {
    if (this.sink.write(message)) return;
    this.isBlocked = true;
    void this.sink.drained().then(() => {
      if (this.isOver) return;
      this.isBlocked = false;
      this.pump();
    });
  }
}

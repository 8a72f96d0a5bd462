import { OPEN_MS, type RedisLink } from './redis-link';

/** How long a last value is kept without a newer one: longer than any pause of a market that is open. */
const KEPT_MS = 86_400_000;
/** Values and newer ones that wait for their turn; the last one of a key counts, so there is no more than one of each. */
const KEYS_MAX = 10_000;

/** Hears the newest value of a topic. Must not throw. */
export type ValueListener = (topic: string, value: string) => void;

/**
 * The last value of each topic, and word of every newer one, for processes that did not make them: what a gateway shows before
 * the first change comes. Publishing never waits: while Redis is slow the newest value of a topic replaces the one that has
 * not left yet, while it is gone the values stay here, and go out again when it is back or was flushed. A reader that gets
 * nothing must ask the source; values carry their own sequence, so an older one that comes late is known as such.
 */
export class LastValues {
  private readonly latest = new Map<string, string>();
  private readonly unsent = new Set<string>();
  private sending = false;
  private again: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: RedisLink,
    private readonly scope: string,
  ) {
    redis.whenReady(() => {
      for (const topic of this.latest.keys()) this.unsent.add(topic);
      void this.send();
    });
  }

  /** Replaces a topic's value. */
  publish(topic: string, value: string): void {
    if (!this.latest.has(topic) && this.latest.size >= KEYS_MAX) throw new RangeError('too many topics');
    this.latest.set(topic, value);
    this.unsent.add(topic);
    void this.send();
  }

  /** The last value that any process has published; undefined when there is none or Redis does not answer. */
  async read(topic: string): Promise<string | undefined> {
    const own = this.latest.get(topic);
    if (own !== undefined) return own;
    const value = await this.redis.ask((commands) => commands.get(this.keyOf(topic)));
    return value ?? undefined;
  }

  /** Hears every newer value of all topics while there is a connection. */
  follow(listener: ValueListener): void {
    this.redis.subscribe(this.keyOf(''), (message) => {
      const end = message.indexOf(' ');
      if (end > 0) listener(message.slice(0, end), message.slice(end + 1));
    });
  }

  /** Stops trying to send; the link itself is its owner's to close. */
  close(): void {
    clearTimeout(this.again);
  }

  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.unsent.size > 0) {
        const topics = [...this.unsent];
        this.unsent.clear();
        const answer = await this.redis.ask((commands) => {
          const pipeline = commands.pipeline();
          for (const topic of topics) {
            const value = this.latest.get(topic) ?? '';
            pipeline.set(this.keyOf(topic), value, 'PX', KEPT_MS);
            pipeline.publish(this.keyOf(''), `${topic} ${value}`);
          }
          return pipeline.exec();
        });
        if (answer !== undefined) continue;
        for (const topic of topics) this.unsent.add(topic);
        this.again ??= setTimeout(() => {
          this.again = undefined;
          void this.send();
        }, OPEN_MS);
        this.again.unref();
        return;
      }
    } finally {
      this.sending = false;
    }
  }

  private keyOf(topic: string): string {
    return `clearway:last:${this.scope}:${topic}`;
  }
}

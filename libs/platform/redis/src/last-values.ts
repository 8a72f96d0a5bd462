import { OPEN_MS, type RedisLink } from './redis-link';

/** How long a last value is kept without a newer one: longer than any pause of a market that is open. */
const KEPT_MS = 86_400_000;
/** How often all values are offered again, for a Redis that was emptied without losing the connection. */
export const PUT_BACK_EVERY_MS = 5_000;
/** Values and newer ones that wait for their turn; the last one of a key counts, so there is no more than one of each. */
const KEYS_MAX = 10_000;

/**
 * A value with its place in time: a greater epoch is newer, and within an epoch the greater sequence. Both below 2^53.
 */
export interface StampedValue {
  readonly epoch: number;
  readonly sequence: number;
  readonly value: string;
}

/** Hears the newest value of a topic. Must not throw. */
export type ValueListener = (topic: string, value: StampedValue) => void;

/** Replaces a value by a newer one only, and tells those who follow: an owner of before can not take a newer value back. */
const REPLACE_BY_NEWER = `
  local old = redis.call('GET', KEYS[1])
  if old then
    local epoch, sequence = string.match(old, '^(%d+) (%d+) ')
    epoch, sequence = tonumber(epoch or 0), tonumber(sequence or 0)
    local newEpoch, newSequence = tonumber(ARGV[2]), tonumber(ARGV[3])
    if epoch > newEpoch or (epoch == newEpoch and sequence >= newSequence) then return 0 end
  end
  local value = ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. ARGV[4]
  redis.call('SET', KEYS[1], value, 'PX', ARGV[5])
  redis.call('PUBLISH', ARGV[6], ARGV[1] .. ' ' .. value)
  return 1`;

/**
 * The last value of each topic, and word of every newer one, for processes that did not make them: what a gateway shows before
 * the first change comes. Publishing never waits: while Redis is slow the newest value of a topic replaces the one that has
 * not left yet, while it is gone the values stay here, and go out again when it is back or was flushed. A reader that gets
 * nothing must ask the source; an older value never replaces a newer one, whoever sends it.
 */
export class LastValues {
  private readonly latest = new Map<string, StampedValue>();
  private readonly unsent = new Set<string>();
  private readonly forgetReady: () => void;
  private sending = false;
  private isClosed = false;
  private again: NodeJS.Timeout | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly redis: RedisLink,
    private readonly scope: string,
  ) {
    this.forgetReady = redis.whenReady(() => this.sendAll());
    this.timer = setInterval(() => this.sendAll(), PUT_BACK_EVERY_MS);
    this.timer.unref();
  }

  /** Replaces a topic's value. A topic is one word. */
  publish(topic: string, value: StampedValue): void {
    if (this.isClosed) return;
    if (!this.latest.has(topic) && this.latest.size >= KEYS_MAX) throw new RangeError('too many topics');
    this.latest.set(topic, value);
    this.unsent.add(topic);
    void this.send();
  }

  /** The last value that any process has published; undefined when there is none or Redis does not answer. */
  async read(topic: string): Promise<StampedValue | undefined> {
    const own = this.latest.get(topic);
    if (own !== undefined) return own;
    const text = await this.redis.ask((commands) => commands.get(this.keyOf(topic)));
    return parseStamped(text ?? '');
  }

  /** Hears every newer value of all topics while there is a connection. */
  follow(listener: ValueListener): void {
    this.redis.subscribe(this.keyOf(''), (message) => {
      const end = message.indexOf(' ');
      const value = parseStamped(message.slice(end + 1));
      if (end > 0 && value !== undefined) listener(message.slice(0, end), value);
    });
  }

  /** Sends nothing any more, also not when Redis comes back: somebody else makes the values now. The link is its owner's. */
  close(): void {
    this.isClosed = true;
    this.forgetReady();
    this.latest.clear();
    this.unsent.clear();
    clearTimeout(this.again);
    clearInterval(this.timer);
  }

  private sendAll(): void {
    for (const topic of this.latest.keys()) this.unsent.add(topic);
    void this.send();
  }

  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.unsent.size > 0) {
        const topics = [...this.unsent];
        this.unsent.clear();
        const answer = await this.sendThese(topics);
        if (answer !== undefined || this.isClosed) continue;
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

  private sendThese(topics: readonly string[]): Promise<unknown> {
    return this.redis.ask((commands) => {
      const pipeline = commands.pipeline();
      for (const topic of topics) {
        const { epoch = 0, sequence = 0, value = '' } = this.latest.get(topic) ?? {};
        const args = [topic, epoch, sequence, value, KEPT_MS, this.keyOf('')];
        pipeline.eval(REPLACE_BY_NEWER, 1, this.keyOf(topic), ...args);
      }
      return pipeline.exec();
    });
  }

  private keyOf(topic: string): string {
    return `clearway:last:${this.scope}:${topic}`;
  }
}

/** What is not as it must be came from somebody else, and is nothing. */
function parseStamped(text: string): StampedValue | undefined {
  const [, epoch, sequence, value] = /^(\d{1,16}) (\d{1,16}) (.*)$/s.exec(text) ?? [];
  if (value === undefined) return undefined;
  return { epoch: Number(epoch), sequence: Number(sequence), value };
}

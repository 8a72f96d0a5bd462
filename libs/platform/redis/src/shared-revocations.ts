import type { SharedMarks } from '@clearway/platform-rpc';
import type { RedisLink } from './redis-link';

/** The set of everything that is revoked, and the channel that tells of each new entry. */
const SET = 'clearway:revoked';
const CHANNEL = 'clearway:revoked';
/** How often the set is read whole: messages may be lost, the set may be flushed. */
export const READ_EVERY_MS = 5_000;

/** What sharing works with. */
export interface RevocationSharing {
  readonly redis: RedisLink;
  /** What every server and channel of this process asks. */
  readonly marks: SharedMarks;
  /** Entries of this process's own list, read again each time: `spiffe://…`, `serial:…`, `sha256:…`. */
  own(): readonly string[];
}

/**
 * Spreads revocations: what one process has on its list is refused by all of them within a moment. An entry that was once heard
 * stays in force here for as long as the process lives, whatever becomes of Redis: it fails towards refusing. New entries
 * of others do not come through while Redis is gone; each process's own file always counts. What a flush took away is put
 * back by whoever still knows it.
 */
export class SharedRevocations {
  private readonly timer: NodeJS.Timeout;
  private reading = false;

  constructor(private readonly parts: RevocationSharing) {
    const { redis, marks } = parts;
    redis.subscribe(CHANNEL, (mark) => marks.add([mark]));
    redis.whenReady(() => void this.exchange());
    this.timer = setInterval(() => void this.exchange(), READ_EVERY_MS);
    this.timer.unref();
  }

  /** Takes in what others have revoked, and tells what they do not know. */
  async exchange(): Promise<void> {
    const { parts } = this;
    const { redis, marks } = parts;
    if (this.reading) return;
    this.reading = true;
    try {
      const shared = await redis.ask((commands) => commands.smembers(SET));
      if (shared === undefined) return;
      marks.add(shared);
      const known = new Set(shared);
      const missing = [...new Set([...parts.own(), ...marks.all()])].filter((mark) => !known.has(mark));
      if (missing.length === 0) return;
      await redis.ask((commands) => {
        const pipeline = commands.pipeline();
        pipeline.sadd(SET, ...missing);
        for (const mark of missing) pipeline.publish(CHANNEL, mark);
        return pipeline.exec();
      });
      marks.add(missing);
    } finally {
      this.reading = false;
    }
  }

  close(): void {
    clearInterval(this.timer);
  }
}

import type { QuoteTaker } from '@clearway/platform-market-data';
import { QUOTES_SCOPE } from '@clearway/platform-market-data-reader';
import { LastValues, type RedisLink } from '@clearway/platform-redis';

/**
 * The last quote of every instrument of a shard, for gateways and other processes to read through Redis. Nothing here waits for
 * it: see `LastValues`. It ends with the shard's life in this process, because the next owner makes the quotes then.
 */
export class SharedQuotes {
  private readonly values: LastValues;

  constructor(redis: RedisLink) {
    this.values = new LastValues(redis, QUOTES_SCOPE);
  }

  /** Takes a newer quote. */
  readonly take: QuoteTaker = (symbol, { epoch, sequence, message }) => {
    this.values.publish(symbol, { epoch, sequence, value: Buffer.from(message).toString('base64') });
  };

  stop(): void {
    this.values.close();
  }
}

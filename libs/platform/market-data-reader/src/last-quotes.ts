import { marketdata } from '@clearway/contracts';
import { LastValues, type RedisLink, type StampedValue } from '@clearway/platform-redis';

/** Scope of the quotes' keys: `clearway:last:quotes:SYMBOL`. */
export const QUOTES_SCOPE = 'quotes';

/** A quote as its publisher sent it to subscribers, with symbol, epoch and sequence; `update` is a quote. */
export type LastQuote = marketdata.SubscribeResponse;

/**
 * The last quote of each symbol through Redis, for gateways that would otherwise hold a stream to trading each, and show nothing
 * before its first message. It is for showing: whoever can write to Redis can write quotes, so nothing may be decided by them.
 * While Redis is slow, gone or empty there is nothing, and the source (`MarketDataService`) is to be asked.
 */
export class LastQuotes {
  private readonly values: LastValues;
  private readonly newest = new Map<string, Pick<StampedValue, 'epoch' | 'sequence'>>();

  constructor(redis: RedisLink) {
    this.values = new LastValues(redis, QUOTES_SCOPE);
  }

  /** The last quote; undefined when Redis has none or does not answer in time. */
  async read(symbol: string): Promise<LastQuote | undefined> {
    const found = await this.values.read(symbol);
    return found && quoteOf(symbol, found);
  }

  /** Hears every newer quote while there is a connection, each symbol's in order. What was missed is read by `read`. */
  follow(listener: (quote: LastQuote) => void): void {
    this.values.follow((symbol, stamped) => {
      const before = this.newest.get(symbol);
      if (before !== undefined && !isNewer(stamped, before)) return;
      const quote = quoteOf(symbol, stamped);
      if (quote === undefined) return;
      this.newest.set(symbol, { epoch: stamped.epoch, sequence: stamped.sequence });
      listener(quote);
    });
  }

  close(): void {
    this.values.close();
  }
}

function isNewer(
  { epoch, sequence }: StampedValue,
  before: Pick<StampedValue, 'epoch' | 'sequence'>,
): boolean {
  return epoch > before.epoch || (epoch === before.epoch && sequence > before.sequence);
}

/** Anything that is not the quote that it is kept as is nothing. */
function quoteOf(symbol: string, { epoch, sequence, value }: StampedValue): LastQuote | undefined {
  try {
    const message = marketdata.SubscribeResponse.decode(Buffer.from(value, 'base64'));
    const isRight =
      message.symbol === symbol &&
      message.epoch === epoch &&
      message.sequence === sequence &&
      message.update?.$case === 'quote';
    return isRight ? message : undefined;
  } catch {
    return undefined;
  }
}

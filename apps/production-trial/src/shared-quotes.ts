import { LastQuotes } from '@clearway/platform-market-data-reader';
import { RedisLink } from '@clearway/platform-redis';
import { type Peer, SILENT_LOG, until } from '@clearway/testing';
import { SYMBOLS } from './market';

const TICKS_PER_UNIT = 100;
const SHOWN_TIMEOUT_MS = 10_000;

/**
 * Compares the quotes that a gateway would read through Redis with the books that trading answers, once the market is still.
 * Answers the symbols that differ.
 */
export async function differingQuotes(
  operator: Peer,
  settings: Readonly<Record<string, string>>,
): Promise<string[]> {
  const redis = new RedisLink(
    {
      url: settings.CLEARWAY_REDIS_URL ?? '',
      username: settings.CLEARWAY_REDIS_USERNAME,
      password: settings.CLEARWAY_REDIS_PASSWORD,
      caPath: settings.CLEARWAY_REDIS_CA,
    },
    SILENT_LOG,
  );
  const quotes = new LastQuotes(redis);
  try {
    await until('a connection to Redis', () => redis.isUsable);
    const differing: string[] = [];
    for (const symbol of SYMBOLS) {
      const isShown = until(`the quote of ${symbol}`, () => isEqual(operator, quotes, symbol), {
        timeoutMs: SHOWN_TIMEOUT_MS,
      });
      await isShown.catch(() => differing.push(symbol));
    }
    return differing;
  } finally {
    quotes.close();
    redis.close();
  }
}

async function isEqual(operator: Peer, quotes: LastQuotes, symbol: string): Promise<boolean> {
  const { bids, asks } = await operator.marketData.call('getBook', { symbol, depth: 1 });
  const quote = await quotes.read(symbol);
  if (quote?.update?.$case !== 'quote') return false;
  const { bidPriceTicks, askPriceTicks } = quote.update.value;
  const ticksOf = (level: { readonly price: string } | undefined): number =>
    Math.round(Number(level?.price ?? '0') * TICKS_PER_UNIT);
  return bidPriceTicks === ticksOf(bids[0]) && askPriceTicks === ticksOf(asks[0]);
}

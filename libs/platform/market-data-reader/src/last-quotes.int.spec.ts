import { spawnSync } from 'node:child_process';
import { MarketDataHub, type PublicChange, QuotePublisher } from '@clearway/platform-market-data';
import { LastValues, RedisLink } from '@clearway/platform-redis';
import { Child, freePorts, TcpProxy, until } from '@clearway/testing';
import { type LastQuote, LastQuotes, QUOTES_SCOPE } from './last-quotes';

const SILENT = { info: () => undefined, warn: () => undefined };
const isTried =
  spawnSync('redis-server', ['--version']).status === 0 || process.env.CLEARWAY_REQUIRE_REDIS === '1';
const whenRedis = isTried ? it : it.skip;
if (!isTried) process.stdout.write('Skipped: last quotes need redis-server on the PATH.\n');

const closing: { close(): void }[] = [];
let redis: Child | undefined;
let proxy: TcpProxy | undefined;
let port = 0;

function closed<T extends { close(): void }>(made: T): T {
  closing.push(made);
  return made;
}

beforeEach(async () => {
  if (!isTried) return;
  [port = 0] = await freePorts(1);
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  redis = new Child({ name: 'redis', command: 'redis-server', args, env: { PATH: process.env.PATH ?? '' } });
  redis.start();
  proxy = await TcpProxy.start(port);
});

afterEach(async () => {
  for (const each of closing.splice(0)) each.close();
  await proxy?.close();
  await redis?.kill();
});

async function link(at = port): Promise<RedisLink> {
  const made = closed(new RedisLink({ url: `redis://127.0.0.1:${at}` }, SILENT));
  await until('a connection to Redis', () => made.isUsable);
  return made;
}

function fail(_symbol: string, error: Error): never {
  throw error;
}

/** A publisher of market data whose quotes are shared, as trading has it. */
function publisherOf(through: RedisLink, epoch: number) {
  const readHistory = async () => ({ seconds: [], minutes: [], days: [], trades: [] });
  const hub = new MarketDataHub({ epoch, readHistory, onBroken: fail, onUnread: fail });
  const values = closed(new LastValues(through, QUOTES_SCOPE));
  const quotes = new QuotePublisher(hub, (symbol, { message, ...stamp }) =>
    values.publish(symbol, { ...stamp, value: Buffer.from(message).toString('base64') }),
  );
  for (const symbol of ['AMZN', 'MSFT']) {
    hub.list({ symbol, tickSize: '0.01', lotSize: '1' }, 'OPEN');
    hub.hasNoPast(symbol);
    quotes.listed();
  }
  let orderNumber = 0;
  const bid = (symbol: string, priceTicks: number): void => {
    orderNumber += 1;
    const change: PublicChange = {
      kind: 'added',
      symbol,
      orderNumber,
      side: 'BUY',
      priceTicks,
      quantityLots: 5,
    };
    hub.take([change], 1);
  };
  return { hub, bid, close: () => quotes.stop() };
}

function bidOf(quote: LastQuote | undefined): number | undefined {
  return quote?.update?.$case === 'quote' ? quote.update.value.bidPriceTicks : undefined;
}

whenRedis('shows the newest quote to who comes later and every newer one to who follows', async () => {
  const { bid } = closed(publisherOf(await link(), 3));
  bid('AMZN', 100);
  const reader = closed(new LastQuotes(await link()));
  await until('the first quote', async () => bidOf(await reader.read('AMZN')) === 100);
  const heard: (number | undefined)[] = [];
  const sequences: number[] = [];
  await until('something to be heard', async () => {
    reader.follow((quote) => {
      heard.push(bidOf(quote));
      sequences.push(quote.sequence);
    });
    bid('AMZN', 101 + heard.length);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return heard.length > 0;
  });
  bid('AMZN', 500);
  await until('the newest', () => heard.at(-1) === 500);
  expect([...sequences].sort((a, b) => a - b)).toEqual(sequences);
  const quote = await reader.read('AMZN');
  expect([quote?.symbol, quote?.epoch, bidOf(quote)]).toEqual(['AMZN', 3, 500]);
  expect(bidOf(await reader.read('MSFT'))).toBe(0);
  expect(await reader.read('GOOG')).toBeUndefined();
});

whenRedis('has nothing while Redis is slow or gone, and the newest when it is back', async () => {
  const { bid } = closed(publisherOf(await link(proxy?.port), 1));
  const reader = closed(new LastQuotes(await link()));
  bid('AMZN', 100);
  await until('the first quote', async () => bidOf(await reader.read('AMZN')) === 100);
  proxy?.delay(500);
  for (let priceTicks = 101; priceTicks <= 300; priceTicks += 1) bid('AMZN', priceTicks);
  expect(bidOf(await reader.read('AMZN'))).toBe(100);
  proxy?.delay(0);
  await until('what was published meanwhile', async () => bidOf(await reader.read('AMZN')) === 300);
  await redis?.kill();
  expect(await reader.read('AMZN')).toBeUndefined();
  bid('AMZN', 301);
  redis?.start();
  await until('all of it to be put back', async () => {
    const quotes = await Promise.all(['AMZN', 'MSFT'].map((symbol) => reader.read(symbol)));
    return quotes.map(bidOf).join() === '301,0';
  });
});

whenRedis('takes the next owner’s quotes and never again those of the owner before', async () => {
  const before = closed(publisherOf(await link(), 1));
  const reader = closed(new LastQuotes(await link()));
  for (let priceTicks = 100; priceTicks < 150; priceTicks += 1) {
    before.bid('AMZN', priceTicks);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until('the old quote', async () => bidOf(await reader.read('AMZN')) === 149);
  const after = closed(publisherOf(await link(), 2));
  after.bid('AMZN', 90);
  await until('the new quote', async () => bidOf(await reader.read('AMZN')) === 90);
  before.bid('AMZN', 151);
  before.bid('MSFT', 151);
  const other = await link();
  await until('what is late to have come', async () => {
    await other.ask((commands) => commands.ping());
    return true;
  });
  expect((await reader.read('AMZN'))?.epoch).toBe(2);
  expect((await reader.read('MSFT'))?.epoch).toBe(2);
});

whenRedis('is nothing for what is no quote of that symbol', async () => {
  const values = closed(new LastValues(await link(), QUOTES_SCOPE));
  const reader = closed(new LastQuotes(await link()));
  values.publish('FAKE', { epoch: 1, sequence: 1, value: 'bm9uc2Vuc2U=' });
  const other = closed(new LastValues(await link(), QUOTES_SCOPE));
  await until('it to be there', async () => (await other.read('FAKE')) !== undefined);
  expect(await reader.read('FAKE')).toBeUndefined();
});

/**
 * The publishing side of `npm run bench:marketdata`, a process of its own so that its CPU and memory are nobody else's: a hub
 * behind a real server with mutual TLS, fed by a market that is made up here. Its parent tells it what to do.
 */
import {
  type ChannelKind,
  ENCODED_MARKET_DATA_SERVICE,
  MarketDataHub,
  type MarketDataLimits,
  serveSubscribe,
} from '@clearway/platform-market-data';
import { createRpcServer, rpcService, type TlsFiles } from '@clearway/platform-rpc';
import { BENCH_SYMBOL } from './bench-symbol';
import { MadeUpMarket } from './made-up-market';

/** What the parent asks for. */
export type ServerCommand =
  | { readonly kind: 'serve'; readonly tls: TlsFiles; readonly limits: Partial<MarketDataLimits> }
  | { readonly kind: 'publish'; readonly changesPerSecond: number; readonly milliseconds: number }
  | { readonly kind: 'look' };

/** What the server is like at one moment. */
export interface ServerFigures {
  readonly port: number;
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly changes: number;
  readonly counts: MarketDataHub['counts'];
  readonly subscribers: number;
  readonly behind: number;
  readonly hash: string;
  readonly sequence: number;
}

const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ACCESS = { sessionOpened: () => undefined, refused: () => undefined };
const TICK_MS = 2;
const OPEN_STREAMS_MAX = 5_000;

const fail = (_: string, error: Error): never => {
  throw error;
};
const market = new MadeUpMarket(BENCH_SYMBOL);
let hub: MarketDataHub;
let port = 0;
let changes = 0;

function makeHub(limits: Partial<MarketDataLimits>): MarketDataHub {
  const made = new MarketDataHub({
    epoch: 1,
    limits,
    readHistory: async () => ({ seconds: [], minutes: [], days: [], trades: [] }),
    onBroken: fail,
    onUnread: fail,
  });
  made.list({ symbol: BENCH_SYMBOL, tickSize: '0.01', lotSize: '1' }, 'OPEN');
  return made;
}

async function serve(tls: TlsFiles): Promise<void> {
  const unused = async (): Promise<never> => {
    throw new Error('not part of this measurement');
  };
  const everybody = ['*'] as const;
  const allow = { GetBook: [], GetStatistics: [], ListTrades: [], ListCandles: [], Subscribe: everybody };
  const service = rpcService<typeof ENCODED_MARKET_DATA_SERVICE>({
    definition: ENCODED_MARKET_DATA_SERVICE,
    allow,
    handlers: {
      getBook: unused,
      getStatistics: unused,
      listTrades: unused,
      listCandles: unused,
      subscribe: serveSubscribe(() => hub),
    },
  });
  const server = createRpcServer({
    address: '127.0.0.1:0',
    tls,
    services: [service],
    log: QUIET,
    access: ACCESS,
    limits: { openStreamsMax: OPEN_STREAMS_MAX, openStreamsPerPeerMax: OPEN_STREAMS_MAX },
  });
  port = await server.start();
}

/** Spreads the changes evenly; each tick is what one commit would bring. */
async function publish(changesPerSecond: number, milliseconds: number): Promise<void> {
  const startMs = performance.now();
  const before = changes;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = Math.min(performance.now() - startMs, milliseconds);
      const due = Math.floor((elapsedMs * changesPerSecond) / 1_000) - (changes - before);
      if (due > 0) {
        hub.take(market.changes(due), Date.now() * 1_000);
        changes += due;
      }
      if (elapsedMs < milliseconds) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
}

function look(): ServerFigures {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const subscription = { symbol: BENCH_SYMBOL, choice: { kind: 'orders' } } as const;
  const sequence = hub.settledSequence(subscription);
  return {
    port,
    cpuMicros: user + system,
    rssBytes: rss,
    heapBytes: heapUsed,
    changes,
    counts: structuredClone(hub.counts) as Record<ChannelKind, (typeof hub.counts)[ChannelKind]>,
    subscribers: hub.subscriberCount,
    behind: hub.behindCount,
    hash: hub.view(BENCH_SYMBOL)?.book.hash() ?? '',
    sequence,
  };
}

async function obey(command: ServerCommand): Promise<ServerFigures> {
  if (command.kind === 'serve') {
    hub = makeHub(command.limits);
    await serve(command.tls);
  } else if (command.kind === 'publish') await publish(command.changesPerSecond, command.milliseconds);
  return look();
}

process.on('message', (command: ServerCommand) => {
  void obey(command).then((figures) => process.send?.(figures));
});
process.on('disconnect', () => process.exit(0));

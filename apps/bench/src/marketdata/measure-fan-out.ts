import { setTimeout as sleep } from 'node:timers/promises';
import { marketdata } from '@clearway/contracts';
import { BENCH_SYMBOL } from './bench-symbol';
import { type Reader, Readers } from './readers';
import type { ServerFigures } from './server-main';
import type { ServerProcess } from './server-process';

/** What so many readers, all of whom read, cost the publisher. */
export interface FanOutCost {
  readonly readers: number;
  readonly messagesPerSecond: number;
  readonly writesPerSecond: number;
  /** CPU time of the publisher per message and reader, without what it spends when nobody reads. */
  readonly cpuMicrosAWrite: number;
  /** Part of one core that the publisher was busy. */
  readonly busyShare: number;
  /** From the change's time to its being applied at a reader, all readers on the same machine. */
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
  readonly behinds: number;
  readonly areEqual: boolean;
}

/** What one reader saw that slept while others read. */
export interface SlowReaderView {
  /** Messages of its channel while it slept and after. */
  readonly published: number;
  /** Messages that it was sent, snapshots among them. */
  readonly messages: number;
  /** Snapshots that stood in for what the server no longer kept. */
  readonly snapshots: number;
  /** Messages that they stood in for. */
  readonly missed: number;
}

/** What became of readers of whom some did not read for a while. */
export interface SlowReaders {
  readonly readers: number;
  readonly slow: number;
  readonly heapBytesBefore: number;
  readonly heapBytesAfter: number;
  readonly rssBytesBefore: number;
  readonly rssBytesAfter: number;
  /** Streams that the server saw to be behind while they slept. */
  readonly behind: number;
  readonly orders: SlowReaderView;
  readonly quotes: SlowReaderView;
  readonly gaps: number;
  /** Every reader that slept, and those of the others that follow, compared with the publisher by hash. */
  readonly areEqual: boolean;
}

const SETTLE_TIMEOUT_MS = 30_000;
const WARM_UP_MS = 500;
/** Readers that rebuild the book and are compared; the others count, because all of them share one core. */
const FOLLOWERS_MAX = 10;

/** Lets so many readers read for a while, and compares with what the same changes cost when nobody does. */
export async function measureFanOut(
  server: ServerProcess,
  count: number,
  load: { readonly changesPerSecond: number; readonly milliseconds: number },
): Promise<FanOutCost> {
  const idle = await spent(server, load);
  const readers = new Readers(server.address, server.readerTls);
  try {
    const opened = await readers.open(count);
    const followers = opened.slice(0, FOLLOWERS_MAX);
    for (const reader of followers) reader.follow();
    for (const reader of opened.slice(FOLLOWERS_MAX)) reader.count();
    await sleep(500);
    const busy = await spent(server, load);
    const { hash } = await settled(server, followers);
    const seconds = load.milliseconds / 1_000;
    const latencies = followers.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b);
    return {
      readers: count,
      messagesPerSecond: busy.messages / seconds,
      writesPerSecond: busy.writes / seconds,
      cpuMicrosAWrite: (busy.cpuMicros - idle.cpuMicros) / busy.writes,
      busyShare: busy.cpuMicros / 1_000 / load.milliseconds,
      latencyMsP50: latencies[Math.floor(latencies.length * 0.5)] ?? 0,
      latencyMsP99: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
      behinds: busy.behinds,
      areEqual: areEqual(followers, hash),
    };
  } finally {
    readers.close();
    await sleep(300);
  }
}

/** Lets some readers sleep, half of orders and half of quotes, while others read; then all read, and are compared. */
export async function measureSlowReaders(
  server: ServerProcess,
  count: number,
  slowCount: number,
  load: { readonly changesPerSecond: number; readonly milliseconds: number },
): Promise<SlowReaders> {
  const readers = new Readers(server.address, server.readerTls);
  try {
    const fast = await readers.open(count - slowCount);
    const slowOrders = await readers.open(Math.ceil(slowCount / 2));
    const slowQuotes = await readers.open(Math.floor(slowCount / 2), marketdata.Channel.CHANNEL_QUOTES);
    const followers = [...fast.slice(0, FOLLOWERS_MAX), ...slowOrders];
    for (const reader of fast.slice(0, FOLLOWERS_MAX)) reader.follow();
    for (const reader of fast.slice(FOLLOWERS_MAX)) reader.count();
    const before = await server.publish(load.changesPerSecond, WARM_UP_MS);
    const after = await server.publish(load.changesPerSecond, load.milliseconds);
    for (const reader of [...slowOrders, ...slowQuotes]) reader.follow();
    const { hash } = await settled(server, followers);
    const published = (of: 'orders' | 'quotes'): number =>
      after.counts[of].messages - before.counts[of].messages;
    return {
      readers: count,
      slow: slowCount,
      heapBytesBefore: before.heapBytes,
      heapBytesAfter: after.heapBytes,
      rssBytesBefore: before.rssBytes,
      rssBytesAfter: after.rssBytes,
      behind: after.behind,
      orders: viewOf(slowOrders[0], published('orders')),
      quotes: viewOf(slowQuotes[0], published('quotes')),
      gaps: readers.all.reduce((sum, { follower }) => sum + follower.counts.gaps, 0),
      areEqual: areEqual(followers, hash),
    };
  } finally {
    readers.close();
    await sleep(300);
  }
}

function viewOf(reader: Reader | undefined, published: number): SlowReaderView {
  const { messages = 0, behinds = 0, missed = 0 } = reader?.follower.counts ?? {};
  return { published, messages, snapshots: behinds, missed };
}

function areEqual(readers: readonly Reader[], hash: string): boolean {
  return readers.every(
    ({ follower }) =>
      follower.book(BENCH_SYMBOL).hash() === hash &&
      follower.counts.hashesDiffered + follower.counts.gaps === 0,
  );
}

async function spent(
  server: ServerProcess,
  load: { readonly changesPerSecond: number; readonly milliseconds: number },
): Promise<{ cpuMicros: number; writes: number; messages: number; behinds: number }> {
  const before = await server.look();
  const after = await server.publish(load.changesPerSecond, load.milliseconds);
  return {
    cpuMicros: after.cpuMicros - before.cpuMicros,
    writes: after.counts.orders.writes - before.counts.orders.writes,
    messages: after.counts.orders.messages - before.counts.orders.messages,
    behinds: after.counts.orders.behinds - before.counts.orders.behinds,
  };
}

/** Waits until every reader stands where the server does. */
async function settled(server: ServerProcess, readers: readonly Reader[]): Promise<ServerFigures> {
  const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS;
  for (;;) {
    const figures = await server.look();
    if (readers.every(({ sequence }) => sequence === figures.sequence)) return figures;
    if (performance.now() > deadlineMs)
      throw new Error('some readers do not come to stand where the server does');
    await sleep(50);
  }
}

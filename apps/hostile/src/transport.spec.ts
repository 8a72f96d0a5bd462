import { tlsFilesOf } from '@clearway/platform-rpc';
import { type Cluster, SERVICES } from '@clearway/testing';
import type { Client } from '@grpc/grpc-js';
import { brokenInvariants, honestOrder, startTarget } from './surface/market';
import { memoryBytesOf } from './surface/memory';
import { type Answer, hostileClient, rawCall } from './surface/raw-call';
import { brokenConversations, PREFACE } from './transport/http2-frames';
import { ODD_CALLS, oddCall, openHttp2 } from './transport/odd-calls';
import { openTcp, openTls, type SocketEnd, sendAndWatch } from './transport/raw-socket';

const INSTRUMENTS = '/clearway.trading.v1.TradingService/ListInstruments';
const WATCH = { path: '/clearway.trading.v1.TradingService/WatchOrders', kind: 'server_streaming' } as const;
/** WatchOrdersRequest{account: "bob.main"} */
const BOBS = Buffer.concat([Buffer.from([0x0a, 8]), Buffer.from('bob.main')]);
const MIB = 2 ** 20;
/** Four heaps that were as small as they get before, and have seen 10,000 streams and a bomb of 512 MB since. */
const GROWTH_BYTES_MAX = 400 * MIB;

let cluster: Cluster;
let bob: ReturnType<typeof tlsFilesOf>;
let memoryBefore: number;
const slow: [string, Promise<SocketEnd>][] = [];

beforeAll(async () => {
  cluster = await startTarget();
  bob = tlsFilesOf(cluster.tlsOf({ kind: 'participant', name: 'bob' }));
  memoryBefore = await memory();
  // These need time to be given up; the other tests run meanwhile.
  slow.push(['TCP and silence', sendAndWatch(await openTcp(port()), Buffer.alloc(0), SLOW_MS)]);
  slow.push([
    'half a TLS record',
    sendAndWatch(await openTcp(port()), Buffer.from([22, 3, 1, 2, 0]), SLOW_MS),
  ]);
  slow.push(['TLS and silence', sendAndWatch(await openTls(port(), bob), Buffer.alloc(0), SLOW_MS)]);
  slow.push(['a preface and silence', sendAndWatch(await openTls(port(), bob), PREFACE, SLOW_MS)]);
});

afterAll(() => cluster.close());

/** Longer than handshake time and keepalive together. */
const SLOW_MS = 45_000;

describe.each(Object.entries(brokenConversations(WATCH.path)))('on the socket: %s', (_, bytes) => {
  test('harms nobody', async () => {
    await sendAndWatch(await openTls(port(), bob), bytes, 500);
    await stillWell();
  });
});

test('bytes that are no TLS are cut', async () => {
  for (const bytes of [
    Buffer.alloc(50_000, 0x41),
    PREFACE,
    Buffer.from('160301ffff', 'hex'),
    Buffer.alloc(70_000),
  ]) {
    const { closed } = await sendAndWatch(await openTcp(port()), bytes, 8_000);
    expect(closed).toBe(true);
  }
  await stillWell();
});

test.each(Object.entries(ODD_CALLS))('as a call: %s', async (_, odd) => {
  const session = openHttp2(cluster.addressOf('trading'), bob);
  const answer = await oddCall(session, INSTRUMENTS, odd, 3_000);
  session.destroy();
  expect(odd.fair).toContain(answer);
  await stillWell();
});

test('10,000 streams: one participant gets its share, the rest is refused, and others work on', async () => {
  const clients = Array.from({ length: CONNECTIONS }, () => hostileClient(cluster.addressOf('trading'), bob));
  await Promise.all(clients.map(ready));
  const held: Promise<Answer>[] = [];
  for (const client of clients) {
    for (let n = 0; n < STREAMS / CONNECTIONS; n += 1) {
      held.push(rawCall(client, WATCH, [BOBS], { openAfterMs: 25_000, timeoutMs: 60_000 }));
    }
  }
  await Promise.race([Promise.all(held), new Promise((resolve) => setTimeout(resolve, 6_000))]);
  await stillWell();
  const carol = hostileClient(
    cluster.addressOf('trading'),
    tlsFilesOf(cluster.tlsOf({ kind: 'participant', name: 'carol' })),
  );
  const carols = Buffer.concat([Buffer.from([0x0a, 10]), Buffer.from('carol.main')]);
  const ofCarol = await rawCall(carol, WATCH, [carols]);
  const answers = await Promise.all(held);
  const open = answers.filter(({ status }) => status === 'OPEN').length;
  const refused = answers.filter(
    ({ status, reason }) => status === 'RESOURCE_EXHAUSTED' && reason === 'OVERLOADED',
  ).length;
  closeAll([...clients, carol]);
  console.info(`${STREAMS} streams: ${open} open, ${refused} refused with OVERLOADED`);
  expect(open + refused).toBe(STREAMS);
  expect(open).toBeLessThanOrEqual(500);
  expect(ofCarol.status).toBe('OPEN');
});

const STREAMS = 10_000;
const CONNECTIONS = 10;

test('400 calls of half a message are given up, whatever their deadline', async () => {
  const session = openHttp2(cluster.addressOf('trading'), bob);
  const half = { pieces: [Buffer.from([0, 0, 0])], ends: false, headers: { 'grpc-timeout': '1H' }, fair: [] };
  const answers = await Promise.all(
    Array.from({ length: 400 }, () => oddCall(session, INSTRUMENTS, half, 25_000)),
  );
  session.destroy();
  expect(new Set(answers)).toEqual(new Set(['RESET']));
  await stillWell();
});

test('silent connections are given up', async () => {
  for (const [name, end] of slow) expect([name, (await end).closed]).toEqual([name, true]);
});

test('afterwards memory has not grown, all processes live and every invariant holds', async () => {
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const grown = (await memory()) - memoryBefore;
  console.info(`memory of the four services: ${Math.round(grown / MIB)} MiB more than before`);
  expect(grown).toBeLessThan(GROWTH_BYTES_MAX);
  expect(SERVICES.filter((name) => !cluster.process(name).isRunning)).toEqual([]);
  expect(await brokenInvariants(cluster)).toEqual([]);
  for (const name of SERVICES)
    expect(cluster.process(name).lines.filter((line) => line.includes('by a bug'))).toEqual([]);
});

async function stillWell(): Promise<void> {
  expect(cluster.process('trading').isRunning).toBe(true);
  expect(await honestOrder(cluster.as('carol'))).toBe('ORD_STATUS_CANCELED');
}

async function memory(): Promise<number> {
  const sizes = await Promise.all(SERVICES.map((name) => memoryBytesOf(cluster.process(name).pid)));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

function ready(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.waitForReady(Date.now() + 20_000, (error) => (error ? reject(error) : resolve()));
  });
}

function port(): number {
  return Number(cluster.addressOf('trading').split(':')[1]);
}

function closeAll(clients: readonly Client[]): void {
  for (const client of clients) client.close();
}

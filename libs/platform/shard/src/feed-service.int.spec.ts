import { setTimeout as sleep } from 'node:timers/promises';
import { journal as wire } from '@clearway/contracts';
import { type ClientReadableStream, credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { Feed } from './feed';
import { feedServiceHandlers } from './feed-service';
import { MemoryJournal } from './fixtures/memory-journal';

let journal: MemoryJournal;
let feed: Feed;
let server: Server;
let client: wire.FeedServiceClient;

beforeEach(async () => {
  journal = new MemoryJournal();
  feed = new Feed(journal, 'spec/0', { nextSequence: 1, nextEvent: 0 }, 50_000);
  server = new Server();
  const feedOf = (shard: string): Feed | undefined => (shard === 'spec/0' ? feed : undefined);
  server.addService(wire.FeedServiceService, feedServiceHandlers(feedOf));
  const port = await new Promise<number>((resolve, reject) => {
    const bound = (error: Error | null, at: number): void => (error === null ? resolve(at) : reject(error));
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), bound);
  });
  client = new wire.FeedServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
});

afterEach(() => {
  client.close();
  server.forceShutdown();
});

/** Commits batches of two events and 10 kB each. */
async function publish(count: number): Promise<void> {
  const appender = await journal.openAppender();
  journal.commitsAtOnce = true;
  for (let i = 0; i < count; i++)
    feed.publish(await appender.append({ eventCount: 2, payload: Buffer.alloc(10_000, i) }));
}

function subscribe(fromEvent: number, shard = 'spec/0'): ClientReadableStream<wire.SubscribeResponse> {
  return client.subscribe({ shard, fromEvent });
}

const failure = async (call: ClientReadableStream<wire.SubscribeResponse>) =>
  new Promise<{ code: number }>((resolve) => {
    call.on('error', (error) => resolve(error as unknown as { code: number })).resume();
  });

it('streams batches as the journal has them, old ones and new, also to a slow reader', async () => {
  await publish(150);
  const call = subscribe(3);
  const seen: wire.SubscribeResponse[] = [];
  const reading = (async () => {
    for await (const batch of call as AsyncIterable<wire.SubscribeResponse>) {
      seen.push(batch);
      if (seen.length % 40 === 0) await sleep(20);
      if (seen.length === 299) break;
    }
  })();
  await publish(150);
  await reading;
  expect(seen.map(({ firstEvent }) => firstEvent)).toEqual(Array.from({ length: 299 }, (_, i) => 2 * i + 2));
  expect(seen[0]).toEqual(journal.batches[1]);
});

it('stops reading for a caller who does not', async () => {
  await publish(2_000);
  let reads = 0;
  const readBatches = journal.readBatches.bind(journal);
  journal.readBatches = async (...args) => {
    reads++;
    return readBatches(...args);
  };
  const call = subscribe(0);
  await new Promise((resolve) => call.once('readable', resolve));
  await sleep(100);
  expect(reads).toBeLessThan(10);
  call.on('error', () => undefined);
  call.cancel();
});

it.each<[string, number, () => ReturnType<typeof subscribe>]>([
  ['an unknown shard', 5, () => subscribe(0, 'spec/9')],
  ['a cursor beyond the head', 9, () => subscribe(1)],
])('refuses %s', async (_, code, call) => {
  expect(await failure(call())).toMatchObject({ code });
});

it('fails with UNAVAILABLE when the shard stops, whether by will or not', async () => {
  const failed = failure(subscribe(0));
  await sleep(50);
  feed.close();
  expect(await failed).toMatchObject({ code: 14 });
});

it('forgets a caller who cancels', async () => {
  const call = subscribe(0);
  const failed = failure(call);
  await sleep(50);
  call.cancel();
  expect(await failed).toMatchObject({ code: 1 });
  await publish(1);
});

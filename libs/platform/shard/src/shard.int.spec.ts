import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  EventArchivedError,
  EventBeyondHeadError,
  Journal,
  journalMigrations,
} from '@clearway/platform-journal';
import {
  createPool,
  type EmbeddedPostgres,
  migrate,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import type { Pool } from 'pg';
import { ShardUnavailableError } from './errors';
import {
  add,
  type CounterCommand,
  type CounterEvent,
  type CounterOutcome,
  type CounterOutput,
  type CounterState,
  context,
  counterCodec,
  counterMachine,
  quietLog,
  touch,
} from './fixtures/counter-machine';
import type { ShardLimits } from './limits';
import { rebuildState, stateHash } from './rebuild-state';
import { openShard, type Shard } from './shard';
import { storeSnapshot } from './snapshot-store';
import { startSnapshotter } from './snapshotter';
import { gentlePace, type SnapshotPace, writeSnapshot } from './write-snapshot';

type CounterShard = Shard<CounterState, CounterCommand, CounterEvent, CounterOutcome, CounterOutput>;

let place: string;
let server: EmbeddedPostgres;
let pool: Pool;
let journal: Journal;
let shardId: string;
let shards = 0;
let fatal: Error[];
const opened: CounterShard[] = [];

beforeAll(async () => {
  place = await temporaryHome('clearway-shard-');
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  server = await startEmbeddedPostgres({ dataDir: join(place, 'p'), log });
  await migrate({ url: server.url, migrations: journalMigrations });
  pool = createPool(server.url, { max: 6, applicationName: 'spec' });
  journal = new Journal(pool);
});

beforeEach(() => {
  shardId = `spec/${shards++}`;
  fatal = [];
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (shard) => shard.close()));
});

afterAll(async () => {
  await pool.end();
  await server.stop();
  rmSync(place, { recursive: true, force: true });
});

function open(owner = 'a', limits: Partial<ShardLimits> = {}): CounterShard {
  const shard = openShard({
    shardId,
    machine: counterMachine,
    codec: counterCodec,
    journal,
    owner,
    limits,
    clock: () => Date.now() * 1_000,
    log: quietLog,
    onFatal: (error) => fatal.push(error),
  });
  opened.push(shard);
  return shard;
}

async function serve(owner = 'a', limits: Partial<ShardLimits> = {}): Promise<CounterShard> {
  const shard = open(owner, limits);
  await shard.whenServing();
  return shard;
}

/** Keeps `clients` busy with one command after the other until `total` are answered. */
async function load(shard: CounterShard, clients: number, total: number): Promise<void> {
  let left = total;
  const client = async (index: number): Promise<void> => {
    while (left-- > 0)
      await shard.submit(left % 5 === 0 ? touch(`c${index}`) : add(`c${index}`, index), context);
  };
  await Promise.all(Array.from({ length: clients }, async (_, index) => client(index)));
}

const liveHash = async (shard: CounterShard) => shard.read((state) => stateHash(counterMachine, state));
const rebuilt = async (usesSnapshots = true) =>
  rebuildState({ journal, shardId, machine: counterMachine, codec: counterCodec, usesSnapshots });
const rebuiltHash = async (usesSnapshots = true) =>
  stateHash(counterMachine, (await rebuilt(usesSnapshots)).state);

it('answers what the journal holds, and a replay gives the live state', async () => {
  const shard = await serve();
  const startedAtMs = performance.now();
  await load(shard, 400, 40_000);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const { batches, events, batchSizeAvg, commitMsAvg } = shard.stats()!;
  process.stdout.write(
    `shard: ${Math.round(40_000 / seconds)} commands/s, ${Math.round(batches / seconds)} commits/s, ` +
      `${batchSizeAvg.toFixed(0)} events a batch, ${commitMsAvg.toFixed(1)} ms a commit\n`,
  );
  expect(await liveHash(shard)).toBe(await rebuiltHash());
  expect([events, (await rebuilt()).position.nextEvent]).toEqual([40_000, 40_000]);
});

describe('a standby', () => {
  it('serves at once when the owner closes, with everything that was answered', async () => {
    const first = await serve('a');
    const second = open('b');
    await load(first, 20, 500);
    expect(second.state).toBe('standby');
    const closing = first.close();
    const startedAtMs = performance.now();
    await Promise.all([closing, second.whenServing()]);
    expect(performance.now() - startedAtMs).toBeLessThan(1_500);
    expect(second.durablePosition().nextEvent).toBe(500);
    expect(await liveHash(second)).toBe(await rebuiltHash());
  });

  it('serves within five seconds of an owner that died, which is fenced if it wakes', async () => {
    const answered = new Map<string, number>();
    const first = await serve('a');
    for (let i = 0; i < 200; i++) {
      const outcome = await first.submit(add(`k${i % 7}`), context);
      answered.set(`k${i % 7}`, outcome.count);
    }
    // As after kill -9, the lease has an owner who sends no heartbeats; the first shard plays its ghost.
    await pool.query(`UPDATE journal_leases SET owner = 'dead' WHERE shard = $1`, [shardId]);
    const diedAtMs = performance.now();
    const second = await serve('b');
    expect(performance.now() - diedAtMs).toBeLessThan(5_000);
    const counts = await second.read((state) => new Map(state.counts));
    expect(counts).toEqual(answered);
    await expect(first.submit(add('late'), context)).rejects.toMatchObject({ name: 'ShardUnavailableError' });
    expect([first.state, fatal.length]).toEqual(['stopped', 1]);
  });
});

describe('an owner whose lease another took', () => {
  it('stops on its next append, or on its heartbeat if that comes first', async () => {
    const first = await serve('a');
    await first.submit(add('a'), context);
    await pool.query('UPDATE journal_leases SET epoch = epoch + 1 WHERE shard = $1', [shardId]);
    await expect(first.submit(add('a'), context)).rejects.toMatchObject({
      name: 'ShardUnavailableError',
      cause: expect.objectContaining({
        message: expect.stringMatching(/^Epoch \d+ of .* is over|taken by another owner/),
      }),
    });
    expect([first.state, fatal.length]).toEqual(['stopped', 1]);
  });
});

it('goes on when its connection breaks under load, if the journal has what was sent, or else stops', async () => {
  const shard = await serve();
  let counted = 0;
  const running = (async () => {
    for (let i = 0; i < 2_000; i++) counted = (await shard.submit(add('n'), context)).count;
  })();
  const settled = running.then(
    () => 'finished',
    () => 'stopped',
  );
  await sleep(100);
  await pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'append%' || $1`,
    [shardId],
  );
  const outcome = await settled;
  const { state } = await rebuilt();
  // Nothing that was answered is missing; when it stopped, one more may be there whose answer was lost.
  expect(state.counts.get('n')).toBeGreaterThanOrEqual(counted);
  expect(state.counts.get('n')).toBeLessThanOrEqual(counted + 1);
  expect(outcome === 'finished' ? 2_000 : counted).toBe(counted);
});

describe('the feed', () => {
  it('gives every event once and in order to fast, slow and late subscribers under load', async () => {
    const shard = await serve('a', { feedBufferBytesMax: 20_000 });
    const abort = new AbortController();
    const total = 8_000;
    const follow = async (fromEvent: number, delayMs: number): Promise<number> => {
      let next = fromEvent;
      for await (const batch of shard.feed.subscribe(fromEvent, { signal: abort.signal })) {
        if (batch.firstEvent > next || batch.firstEvent + batch.eventCount <= next)
          throw new Error(`gap or duplicate at ${next}`);
        next = batch.firstEvent + batch.eventCount;
        if (delayMs > 0) await sleep(delayMs);
        if (next === total) return next;
      }
      return next;
    };
    const early = [follow(0, 0), follow(0, 3)];
    await load(shard, 50, total / 2);
    const late = [follow(0, 0), follow(1_234, 1), follow(total / 2, 0)];
    await load(shard, 50, total / 2);
    await shard.read(() => undefined);
    expect(await Promise.all([...early, ...late])).toEqual([total, total, total, total, total]);
  });

  it('refuses a cursor beyond the head, and ends with its shard', async () => {
    const shard = await serve();
    const { signal } = new AbortController();
    const beyond = shard.feed.subscribe(1, { signal });
    await expect(beyond[Symbol.asyncIterator]().next()).rejects.toThrow(EventBeyondHeadError);
    const waiting = shard.feed.subscribe(0, { signal })[Symbol.asyncIterator]().next();
    await shard.close();
    expect(await waiting).toMatchObject({ done: true });
  });
});

describe('snapshots', () => {
  const take = async (
    shard: CounterShard,
    { machine = counterMachine, pace = gentlePace(new AbortController().signal), isProven = true } = {},
  ): Promise<number> => {
    const chunks: Buffer[] = [];
    const point = await writeSnapshot(shard, machine, pace, (chunk) => void chunks.push(chunk));
    const options = { journal, shardId, machine, codec: counterCodec };
    await storeSnapshot(options, point, Buffer.concat(chunks), isProven);
    return point.nextEvent;
  };

  it('and the tail after them give the live state, also when earlier batches are archived', async () => {
    const first = await serve();
    await load(first, 10, 300);
    await first.read(() => undefined);
    expect(await take(first)).toBe(300);
    const snapshot = await journal.loadSnapshot(shardId, Number.MAX_SAFE_INTEGER, () => undefined);
    await load(first, 10, 200);
    const live = await liveHash(first);
    expect([await rebuiltHash(true), await rebuiltHash(false)]).toEqual([live, live]);
    await pool.query('DELETE FROM journal_batches WHERE shard = $1 AND seq < $2', [
      shardId,
      snapshot?.nextSequence,
    ]);
    await expect(rebuiltHash(false)).rejects.toThrow(EventArchivedError);
    await first.close();
    const second = await serve('b');
    expect(await liveHash(second)).toBe(live);
    expect(second.durablePosition().nextEvent).toBe(500);
  });

  it('that are damaged or can not be read are passed over', async () => {
    const shard = await serve();
    await load(shard, 10, 100);
    await shard.read(() => undefined);
    await take(shard);
    await load(shard, 10, 100);
    await shard.read(() => undefined);
    const newest = await take(shard);
    const problems: string[] = [];
    const stranger: typeof counterMachine = {
      ...counterMachine,
      restore: () => {
        throw new Error('a version that this machine does not know');
      },
    };
    const options = { journal, shardId, codec: counterCodec, onProblem: (one: string) => problems.push(one) };
    const other = await rebuildState({ ...options, machine: stranger });
    expect([other.snapshotEvent, problems.length]).toEqual([0, 2]);
    await pool.query(`UPDATE journal_snapshots SET state = 'x' WHERE shard = $1 AND next_event = $2`, [
      shardId,
      newest,
    ]);
    const { state, snapshotEvent } = await rebuildState({ ...options, machine: counterMachine });
    expect([snapshotEvent, stateHash(counterMachine, state)]).toEqual([100, await liveHash(shard)]);
  });

  it('are of one moment, and durable, while the shard goes on', async () => {
    const shard = await serve();
    await load(shard, 10, 100);
    let isOver = false;
    const loading = (async () => {
      while (!isOver) await load(shard, 20, 100);
    })();
    const pace: SnapshotPace = { itemsMax: 1, sliceMs: 1_000, pause: async () => sleep(2) };
    const positions: number[] = [];
    for (let taken = 0; taken < 5; taken++) positions.push(await take(shard, { pace }));
    isOver = true;
    await loading;
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(positions.at(-1)).toBeGreaterThan(100);
    const { snapshotEvent, state } = await rebuilt();
    expect(snapshotEvent).toBe(positions.at(-1));
    expect(stateHash(counterMachine, state)).toBe(await liveHash(shard));
  });

  it('are not stored when a replay gives something else', async () => {
    const shard = await serve();
    await load(shard, 10, 100);
    await shard.read(() => undefined);
    const lossy: typeof counterMachine = {
      ...counterMachine,
      cut: (state) => counterMachine.snapshot({ ...state, lastMicros: 0 }),
    };
    await expect(take(shard, { machine: lossy })).rejects.toThrow('is not what its journal gives');
    expect(await journal.loadSnapshot(shardId, Number.MAX_SAFE_INTEGER, () => undefined)).toBeUndefined();
  });

  it('are not written by a shard that stops meanwhile', async () => {
    const shard = await serve();
    await load(shard, 10, 100);
    await shard.close();
    await expect(take(shard)).rejects.toThrow(ShardUnavailableError);
  });

  it('are stored by one worker whenever the journal has grown, and on demand', async () => {
    const shard = await serve();
    await load(shard, 10, 100);
    const taken: object[] = [];
    const log = { ...quietLog, info: (details: object) => taken.push(details) };
    const workerEntryFile = workerFile(`const told = [];
      parentPort.on('message', (message) => {
        told.push(message instanceof Uint8Array ? 'bytes' : message.kind);
        if (message.kind !== 'store') return;
        require('node:fs').appendFileSync(__filename + '.log', told.splice(0) + ' ' + message.isProven + '\\n');
        parentPort.postMessage('stored');
      });`);
    const options = { shard, machine: counterMachine, workerEntryFile, workerData: {}, log };
    const snapshotter = startSnapshotter({ ...options, everyEvents: 100 });
    await sleep(2_500);
    expect(taken).toEqual([{ shard: shardId, nextEvent: 100 }]);
    for (let more = 0; more < 64; more++) expect(await snapshotter.snapshotNow()).toBe(100);
    await snapshotter.stop();
    await expect(snapshotter.snapshotNow()).rejects.toThrow('aborted');
    const proofs = readFileSync(`${workerEntryFile}.log`, 'utf8').trimEnd().split('\n');
    const [plain, proven] = ['begin,bytes,store false', 'begin,bytes,store true'];
    expect(proofs.map((line) => line === proven)).toEqual([...Array(63).fill(false), true, false]);
    expect(proofs[0]).toBe(plain);
  });

  it('are not tried again at once by themselves after a failure', async () => {
    const shard = await serve();
    await load(shard, 10, 100);
    const failures: object[] = [];
    const log = { ...quietLog, error: (details: object) => failures.push(details) };
    const workerEntryFile = workerFile(`throw new Error('worker bug');`);
    const options = {
      shard,
      machine: counterMachine,
      workerEntryFile,
      workerData: {},
      log,
      everyEvents: 100,
    };
    const snapshotter = startSnapshotter(options);
    await sleep(3_500);
    await snapshotter.stop();
    expect(failures).toHaveLength(1);
  });

  it('are sent to a new worker after one has failed, whenever that was', async () => {
    const shard = await serve();
    const options = { shard, machine: counterMachine, workerData: {}, log: quietLog };
    const failing = startSnapshotter({
      ...options,
      workerEntryFile: workerFile(`throw new Error('worker bug');`),
    });
    await expect(failing.snapshotNow()).rejects.toThrow('worker bug');
    await failing.stop();
    const workerEntryFile = workerFile(`parentPort.on('message', ({ kind }) => {
        if (kind !== 'store') return;
        parentPort.postMessage('stored');
        setTimeout(() => { throw new Error('between two'); }, 50);
      });`);
    const dying = startSnapshotter({ ...options, workerEntryFile });
    expect(await dying.snapshotNow()).toBe(0);
    await sleep(500);
    expect(await dying.snapshotNow()).toBe(0);
    await dying.stop();
  });
});

function workerFile(body: string): string {
  const entry = join(mkdtempSync(join(place, 'worker-')), 'worker.cjs');
  writeFileSync(entry, `const { parentPort } = require('node:worker_threads');\n${body}`);
  return entry;
}

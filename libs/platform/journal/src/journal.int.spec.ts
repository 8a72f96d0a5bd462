import { rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createPool,
  type EmbeddedPostgres,
  migrate,
  startEmbeddedPostgres,
  temporaryHome,
} from '@clearway/platform-postgres';
import { Client, type Pool } from 'pg';
import type { Appender } from './appender';
import { pollingSource } from './batch-source';
import { type CommittedBatch, JOURNAL_START } from './committed-batch';
import {
  AppendFailedError,
  ChainBrokenError,
  EventArchivedError,
  EventBeyondHeadError,
  FencedError,
} from './errors';
import { Journal } from './journal';
import type { LeaseGrant } from './lease';
import { journalMigrations } from './migrations';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** A wire to Postgres that can go deaf in either direction and be cut, as networks do. */
class Wire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  losesRequests = false;
  losesAnswers = false;

  constructor(target: number) {
    this.#server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
      }
      near.on('data', (bytes) => this.losesRequests || far.write(bytes)).on('close', () => far.destroy());
      far.on('data', (bytes) => this.losesAnswers || near.write(bytes)).on('close', () => near.destroy());
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Drops every connection; new ones work again. */
  cut(): void {
    this.losesRequests = false;
    this.losesAnswers = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

let place: string;
let server: EmbeddedPostgres;
let wire: Wire;
let direct: Pool;
let wired: Pool;
let journal: Journal;
let shard: string;
let shards = 0;
const appenders: Appender[] = [];

beforeAll(async () => {
  place = await temporaryHome('clearway-journal-');
  server = await startEmbeddedPostgres({ dataDir: join(place, 'p'), log });
  await migrate({ url: server.url, migrations: journalMigrations });
  wire = new Wire(server.port);
  const throughWire = new URL(server.url);
  throughWire.port = String(await wire.listen());
  direct = createPool(server.url, { max: 4, applicationName: 'spec' });
  wired = createPool(throughWire.href, { max: 4, applicationName: 'spec-wired' });
});

beforeEach(() => {
  journal = new Journal(wired);
  shard = `spec/${shards++}`;
});

afterEach(async () => {
  wire.cut();
  await sleep(30); // the pool notices its broken idle connections
  await Promise.all(appenders.splice(0).map(async (appender) => appender.close()));
});

afterAll(async () => {
  await Promise.all([direct.end(), wired.end()]);
  wire.close();
  await server.stop();
  rmSync(place, { recursive: true, force: true });
});

async function acquire(owner = 'a', ttlMs = 2_000): Promise<LeaseGrant> {
  const attempt = await journal.tryAcquire(shard, owner, ttlMs);
  if (attempt.outcome !== 'acquired') throw new Error(`held by ${attempt.owner}`);
  return attempt.grant;
}

async function openAppender(grant?: LeaseGrant, head = JOURNAL_START): Promise<Appender> {
  const appender = await journal.openAppender(grant ?? (await acquire()), head);
  appenders.push(appender);
  return appender;
}

const bytes = (text: string) => ({ eventCount: 1, payload: Buffer.from(text) });

async function stored(): Promise<string[]> {
  const batches = await new Journal(direct).readBatches(shard, 0, 1_000);
  return batches.map(({ payload }) => payload.toString());
}

async function untilStored(count: number): Promise<void> {
  for (let i = 0; i < 200 && (await stored()).length < count; i++) await sleep(10);
}

describe('appending', () => {
  it('numbers batches and events without a gap and gives each back as stored', async () => {
    const appender = await openAppender();
    const first = await appender.append({ eventCount: 3, payload: Buffer.from('x') });
    const second = await appender.append({ eventCount: 2, payload: Buffer.from('y') });
    expect([first.sequence, first.firstEvent, second.sequence, second.firstEvent]).toEqual([1, 0, 2, 3]);
    expect(await journal.readBatches(shard, 0, 10)).toEqual([first, second]);
    expect(await journal.readHead(shard)).toEqual({ nextSequence: 3, nextEvent: 5 });
  });

  it('keeps two in flight in order, refuses a third, and is as fast as this', async () => {
    const appender = await openAppender();
    const payload = Buffer.alloc(20_000, 7);
    const started = performance.now();
    let running: Promise<CommittedBatch>[] = [];
    for (let i = 0; i < 400; i++) {
      running.push(appender.append({ eventCount: 100, payload }));
      if (running.length === 2) {
        if (i === 1) await expect(appender.append(bytes('third'))).rejects.toThrow(RangeError);
        await running[0];
        running = running.slice(1);
      }
    }
    await Promise.all(running);
    const perSecond = Math.round((400 / (performance.now() - started)) * 1_000);
    process.stdout.write(`journal: ${perSecond} commits/s of 20 kB, two in flight\n`);
    expect(await journal.readHead(shard)).toEqual({ nextSequence: 401, nextEvent: 40_000 });
    expect(await journal.readBatches(shard, 0, 1_000)).toHaveLength(400);
  });

  it('never stores a batch without the one before it', async () => {
    const appender = await openAppender();
    const bad = appender.append({ eventCount: 0, payload: Buffer.from('violates a check') });
    const next = appender.append(bytes('next'));
    await expect(bad).rejects.toMatchObject({ name: 'AppendFailedError', isKnown: true });
    await expect(next).rejects.toThrow();
    expect(await stored()).toEqual([]);
    await expect(appender.append(bytes('later'))).rejects.toThrow(AppendFailedError);
  });

  it('refuses a position that another append of the same epoch took', async () => {
    const grant = await acquire();
    const [one, two] = [await openAppender(grant), await openAppender(grant)];
    await one.append(bytes('one'));
    await expect(two.append(bytes('two'))).rejects.toMatchObject({ fencedCause: 'POSITION_TAKEN' });
  });
});

describe('an append whose answer is lost', () => {
  it('succeeds when the journal has it, and the next one works', async () => {
    const appender = await openAppender();
    await appender.append(bytes('warm'));
    wire.losesAnswers = true;
    const lost = appender.append(bytes('lost answer'));
    await untilStored(2);
    wire.cut();
    await expect(lost).resolves.toMatchObject({ sequence: 2 });
    await appender.append(bytes('after'));
    expect(await stored()).toEqual(['warm', 'lost answer', 'after']);
  });

  it('fails, and everything after it, when the journal does not have it', async () => {
    const appender = await openAppender();
    await appender.append(bytes('warm'));
    wire.losesRequests = true;
    const lost = appender.append(bytes('lost request'));
    await sleep(30);
    wire.cut();
    await expect(lost).rejects.toMatchObject({ name: 'AppendFailedError', isKnown: true });
    await expect(appender.append(bytes('after'))).rejects.toThrow(AppendFailedError);
    expect(await stored()).toEqual(['warm']);
  });

  it('tells two in flight apart: the first landed, the second did not', async () => {
    const appender = await openAppender();
    await appender.append(bytes('warm'));
    wire.losesAnswers = true;
    const first = appender.append(bytes('first'));
    await untilStored(2);
    wire.losesRequests = true;
    const second = appender.append(bytes('second'));
    await sleep(30);
    wire.cut();
    await expect(first).resolves.toMatchObject({ sequence: 2 });
    await expect(second).rejects.toThrow(AppendFailedError);
    expect(await stored()).toEqual(['warm', 'first']);
  });

  it('ends the old session first, so that nothing lands after it was looked for', async () => {
    const appender = await openAppender();
    await appender.append(bytes('warm'));
    const blocker = await direct.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE journal_batches IN SHARE MODE');
    const running = [appender.append(bytes('blocked 1')), appender.append(bytes('blocked 2'))];
    const settled = Promise.allSettled(running);
    await sleep(50);
    wire.cut();
    const outcomes = await settled;
    await blocker.query('COMMIT');
    blocker.release();
    await sleep(100);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await stored()).toEqual(['warm']);
  });
});

describe('leases', () => {
  it('are held by one owner until they expire, then by another with a higher epoch', async () => {
    const grant = await acquire('a', 300);
    expect(await journal.tryAcquire(shard, 'b', 300)).toMatchObject({ outcome: 'held-by-other', owner: 'a' });
    await sleep(320);
    expect(await acquire('b', 300)).toMatchObject({ epoch: grant.epoch + 1 });
  });

  it('are taken by one of many who try at once', async () => {
    const attempts = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (owner) => journal.tryAcquire(shard, owner)),
    );
    expect(attempts.filter(({ outcome }) => outcome === 'acquired')).toHaveLength(1);
  });

  it('come back at once to the same owner, who is fenced from its former life', async () => {
    const former = await openAppender(await acquire('a'));
    const grant = await acquire('a');
    await expect(former.append(bytes('late'))).rejects.toMatchObject({
      name: 'FencedError',
      fencedCause: 'LEASE_TAKEN',
    });
    await (await openAppender(grant)).append(bytes('now'));
    expect(await stored()).toEqual(['now']);
  });

  it('fence an owner that slept through its expiry, with both its appends in flight', async () => {
    const sleeper = await openAppender(await acquire('a', 100));
    await sleep(120);
    const successor = await openAppender(await acquire('b'));
    await successor.append(bytes('successor'));
    const late = await Promise.allSettled([sleeper.append(bytes('l1')), sleeper.append(bytes('l2'))]);
    expect(late.map((one) => (one as PromiseRejectedResult).reason)).toEqual([
      expect.any(FencedError),
      expect.any(FencedError),
    ]);
    expect(await stored()).toEqual(['successor']);
  });

  it('wait for an append that is being committed, so that the next owner sees it', async () => {
    const appender = await openAppender(await acquire('a', 50));
    const blocker = await direct.connect();
    await blocker.query('BEGIN');
    await blocker.query(`INSERT INTO journal_batches VALUES ($1, 1, 1, 0, 1, 'in the way', 0)`, [shard]);
    const appending = appender.append(bytes('slow'));
    await sleep(150);
    let isAcquired = false;
    const acquiring = acquire('b').then(() => {
      isAcquired = true;
    });
    await sleep(100);
    expect(isAcquired).toBe(false);
    await blocker.query('ROLLBACK');
    blocker.release();
    await Promise.all([appending, acquiring]);
    expect(await stored()).toEqual(['slow']);
  });

  it('live on heartbeats, and go at once when released', async () => {
    const lost: Error[] = [];
    const keeper = journal.keep(await acquire('a', 1_000), {
      onLost: (error) => lost.push(error),
      onConfirmed: () => undefined,
    });
    await sleep(1_500);
    expect(keeper.isFresh()).toBe(true);
    expect(await journal.tryAcquire(shard, 'b')).toMatchObject({ outcome: 'held-by-other' });
    await keeper.release();
    expect(await journal.tryAcquire(shard, 'b')).toMatchObject({ outcome: 'acquired' });
    expect(lost).toEqual([]);
  });

  it('tell their holder once when another owner took them', async () => {
    const grant = await acquire('a', 200);
    await sleep(220);
    await acquire('b');
    const lost: Error[] = [];
    const keeper = journal.keep(grant, { onLost: (error) => lost.push(error), onConfirmed: () => undefined });
    await sleep(700);
    expect(lost.map(({ message }) => message)).toEqual([expect.stringContaining('another owner')]);
    expect(keeper.isFresh()).toBe(false);
    await keeper.stop();
  });

  it('are asked for, not given up, by a process that could not run for longer than their life', async () => {
    const lost: Error[] = [];
    const listeners = { onLost: (error: Error) => lost.push(error), onConfirmed: () => undefined };
    const keeper = journal.keep(await acquire('a', 300), listeners);
    await sleep(100);
    const blockedUntilMs = performance.now() + 1_000;
    while (performance.now() < blockedUntilMs);
    expect(keeper.isFresh()).toBe(false);
    await sleep(700);
    expect([keeper.isFresh(), lost.length]).toEqual([true, 0]);
    await keeper.stop();
  });

  it('survive a broken connection, but not a silent one', async () => {
    const lost: Error[] = [];
    const listeners = { onLost: (error: Error) => lost.push(error), onConfirmed: () => undefined };
    const keeper = journal.keep(await acquire('a', 1_000), listeners);
    await sleep(100);
    wire.cut();
    await sleep(1_300);
    expect([keeper.isFresh(), lost.length]).toEqual([true, 0]);
    wire.losesRequests = true;
    await sleep(1_200);
    expect([keeper.isFresh(), lost.length]).toEqual([false, 0]);
    await sleep(1_700);
    expect(lost).toHaveLength(1);
    wire.cut();
    await keeper.stop();
  });
});

describe('reading', () => {
  async function write(count: number): Promise<void> {
    const appender = await openAppender();
    for (let i = 0; i < count; i++) await appender.append({ eventCount: 2, payload: Buffer.from(`b${i}`) });
  }

  it('begins with the batch that holds the wanted event', async () => {
    await write(5);
    const read = async (fromEvent: number, limit = 10) =>
      (await journal.readBatches(shard, fromEvent, limit)).map(({ firstEvent }) => firstEvent);
    expect(await read(0)).toEqual([0, 2, 4, 6, 8]);
    expect(await read(3, 2)).toEqual([2, 4]);
    expect(await read(9)).toEqual([8]);
    expect(await read(10)).toEqual([]);
  });

  it.each([
    ['a changed byte', `UPDATE journal_batches SET payload = 'bX' WHERE shard = $1 AND seq = 3`],
    ['a missing batch', 'DELETE FROM journal_batches WHERE shard = $1 AND seq = 3'],
    ['an epoch that went back', 'UPDATE journal_batches SET epoch = 9 WHERE shard = $1 AND seq = 3'],
    ['a wrong count', 'UPDATE journal_batches SET event_count = 1 WHERE shard = $1 AND seq = 3'],
  ])('finds %s', async (_, sql) => {
    await write(5);
    await direct.query(sql, [shard]);
    await expect(journal.readBatches(shard, 0, 10)).rejects.toThrow(ChainBrokenError);
  });

  it('says so when the wanted events were archived', async () => {
    await write(3);
    await direct.query('DELETE FROM journal_batches WHERE shard = $1 AND seq = 1', [shard]);
    await expect(journal.readBatches(shard, 0, 10)).rejects.toThrow(EventArchivedError);
    expect(await journal.readBatches(shard, 2, 10)).toHaveLength(2);
  });

  it('polls as a source, in order and for ever, until it is aborted', async () => {
    await write(2);
    const abort = new AbortController();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const batch of pollingSource(journal, shard, 10).subscribe(0, { signal: abort.signal }))
        seen.push(batch.sequence);
    })();
    const appender = await openAppender(await acquire(), await journal.readHead(shard));
    for (let i = 0; i < 5; i++) await appender.append(bytes('more'));
    while (seen.length < 7) await sleep(5);
    abort.abort();
    await reading;
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const beyond = pollingSource(journal, shard).subscribe(10, { signal: new AbortController().signal });
    await expect(beyond[Symbol.asyncIterator]().next()).rejects.toThrow(EventBeyondHeadError);
  });
});

describe('snapshots', () => {
  const snapshot = (nextEvent: number) => ({
    shard,
    machine: 'counter',
    nextEvent,
    nextSequence: nextEvent + 1,
    lastMicros: 1_700_000_000_000_000,
    state: Buffer.from(`state ${nextEvent}`),
  });

  it('are given back as saved, newest first, and only the last few are kept', async () => {
    for (const nextEvent of [10, 20, 30, 40]) await journal.saveSnapshot(snapshot(nextEvent));
    const newest = await journal.loadSnapshot(shard, Number.MAX_SAFE_INTEGER, () => undefined);
    expect(newest).toMatchObject(snapshot(40));
    const { rows } = await direct.query('SELECT next_event FROM journal_snapshots WHERE shard = $1', [shard]);
    expect(rows).toHaveLength(3);
  });

  it('pass over a damaged one loudly', async () => {
    for (const nextEvent of [10, 20]) await journal.saveSnapshot(snapshot(nextEvent));
    await direct.query(`UPDATE journal_snapshots SET state = 'x' WHERE shard = $1 AND next_event = 20`, [
      shard,
    ]);
    const problems: string[] = [];
    const found = await journal.loadSnapshot(shard, Number.MAX_SAFE_INTEGER, (one) => problems.push(one));
    expect(found?.nextEvent).toBe(10);
    expect(problems).toEqual([expect.stringContaining('event 20')]);
    expect(await journal.loadSnapshot(shard, 10, () => undefined)).toBeUndefined();
  });
});

it('works as a role that may only touch rows', async () => {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query(`CREATE ROLE spec_app LOGIN PASSWORD 'x'`);
  await client.query('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO spec_app');
  await client.end();
  const url = new URL(server.url);
  url.username = 'spec_app';
  url.password = 'x';
  const pool = createPool(url.href, { max: 2, applicationName: 'spec-app' });
  journal = new Journal(pool);
  const appender = await openAppender();
  await appender.append(bytes('as app'));
  await appender.close();
  await pool.end();
  expect(await stored()).toEqual(['as app']);
});

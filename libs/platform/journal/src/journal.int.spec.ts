import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool } from '@clearway/platform-postgres';
import { Client } from 'pg';
import { pollingSource } from './batch-source';
import type { CommittedBatch } from './committed-batch';
import { copyBytes } from './copy-bytes';
import { AppendFailedError, ChainBrokenError, EventArchivedError, EventBeyondHeadError } from './errors';
import { bytes, JournalPlace } from './fixtures/journal-place';
import { Journal } from './journal';
import { plainHash } from './plain-codec';

const place = new JournalPlace();

beforeAll(() => place.open());
beforeEach(() => place.begin());
afterEach(() => place.end());
afterAll(() => place.close());

describe('appending', () => {
  it('numbers batches and events without a gap and gives each back as stored', async () => {
    const appender = await place.openAppender();
    const first = await appender.append({ eventCount: 3, payload: Buffer.from('x') });
    const second = await appender.append({ eventCount: 2, payload: Buffer.from('y') });
    expect([first.sequence, first.firstEvent, second.sequence, second.firstEvent]).toEqual([1, 0, 2, 3]);
    expect(await place.journal.readBatches(place.shard, 0, 10)).toEqual([first, second]);
    expect(await place.journal.readHead(place.shard)).toEqual({ nextSequence: 3, nextEvent: 5 });
  });

  it('keeps two in flight in order, refuses a third, and is as fast as this', async () => {
    const appender = await place.openAppender();
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
    expect(await place.journal.readHead(place.shard)).toEqual({ nextSequence: 401, nextEvent: 40_000 });
    expect(await place.journal.readBatches(place.shard, 0, 1_000)).toHaveLength(400);
  });

  it('never stores a batch without the one before it', async () => {
    const appender = await place.openAppender();
    const bad = appender.append({ eventCount: 0, payload: Buffer.from('violates a check') });
    const next = appender.append(bytes('next'));
    await expect(bad).rejects.toMatchObject({ name: 'AppendFailedError', isKnown: true });
    await expect(next).rejects.toThrow();
    expect(await place.stored()).toEqual([]);
    await expect(appender.append(bytes('later'))).rejects.toThrow(AppendFailedError);
  });

  it('refuses a position that another append of the same epoch took', async () => {
    const grant = await place.acquire();
    const [one, two] = [await place.openAppender(grant), await place.openAppender(grant)];
    await one.append(bytes('one'));
    await expect(two.append(bytes('two'))).rejects.toMatchObject({ fencedCause: 'POSITION_TAKEN' });
  });
});

describe('an append whose answer is lost', () => {
  it('succeeds when the journal has it, and the next one works', async () => {
    const appender = await place.openAppender();
    await appender.append(bytes('warm'));
    place.wire.losesAnswers = true;
    const lost = appender.append(bytes('lost answer'));
    await place.untilStored(2);
    place.wire.cut();
    await expect(lost).resolves.toMatchObject({ sequence: 2 });
    await appender.append(bytes('after'));
    expect(await place.stored()).toEqual(['warm', 'lost answer', 'after']);
  });

  it('fails, and everything after it, when the journal does not have it', async () => {
    const appender = await place.openAppender();
    await appender.append(bytes('warm'));
    place.wire.losesRequests = true;
    const lost = appender.append(bytes('lost request'));
    await sleep(30);
    place.wire.cut();
    await expect(lost).rejects.toMatchObject({ name: 'AppendFailedError', isKnown: true });
    await expect(appender.append(bytes('after'))).rejects.toThrow(AppendFailedError);
    expect(await place.stored()).toEqual(['warm']);
  });

  it('tells two in flight apart: the first landed, the second did not', async () => {
    const appender = await place.openAppender();
    await appender.append(bytes('warm'));
    place.wire.losesAnswers = true;
    const first = appender.append(bytes('first'));
    await place.untilStored(2);
    place.wire.losesRequests = true;
    const second = appender.append(bytes('second'));
    await sleep(30);
    place.wire.cut();
    await expect(first).resolves.toMatchObject({ sequence: 2 });
    await expect(second).rejects.toThrow(AppendFailedError);
    expect(await place.stored()).toEqual(['warm', 'first']);
  });

  it('ends the old session first, so that nothing lands after it was looked for', async () => {
    const appender = await place.openAppender();
    await appender.append(bytes('warm'));
    const blocker = await place.direct.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE journal_batches IN SHARE MODE');
    const running = [appender.append(bytes('blocked 1')), appender.append(bytes('blocked 2'))];
    const settled = Promise.allSettled(running);
    await sleep(50);
    place.wire.cut();
    const outcomes = await settled;
    await blocker.query('COMMIT');
    blocker.release();
    await sleep(100);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await place.stored()).toEqual(['warm']);
  });
});

describe('reading', () => {
  async function write(count: number): Promise<void> {
    const appender = await place.openAppender();
    for (let i = 0; i < count; i++) await appender.append({ eventCount: 2, payload: Buffer.from(`b${i}`) });
  }

  it('begins with the batch that holds the wanted event', async () => {
    await write(5);
    const read = async (fromEvent: number, limit = 10) =>
      (await place.journal.readBatches(place.shard, fromEvent, limit)).map(({ firstEvent }) => firstEvent);
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
    await place.direct.query(sql, [place.shard]);
    await expect(place.journal.readBatches(place.shard, 0, 10)).rejects.toThrow(ChainBrokenError);
  });

  it('says so when the wanted events were archived', async () => {
    await write(3);
    await place.direct.query('DELETE FROM journal_batches WHERE shard = $1 AND seq = 1', [place.shard]);
    await expect(place.journal.readBatches(place.shard, 0, 10)).rejects.toThrow(EventArchivedError);
    expect(await place.journal.readBatches(place.shard, 2, 10)).toHaveLength(2);
  });

  it('polls as a source, in order and for ever, until it is aborted', async () => {
    await write(2);
    const abort = new AbortController();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const batch of pollingSource(place.journal, place.shard, 10).subscribe(0, {
        signal: abort.signal,
      }))
        seen.push(batch.sequence);
    })();
    const appender = await place.openAppender(
      await place.acquire(),
      await place.journal.readHead(place.shard),
    );
    for (let i = 0; i < 5; i++) await appender.append(bytes('more'));
    while (seen.length < 7) await sleep(5);
    abort.abort();
    await reading;
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const beyond = pollingSource(place.journal, place.shard).subscribe(10, {
      signal: new AbortController().signal,
    });
    await expect(beyond[Symbol.asyncIterator]().next()).rejects.toThrow(EventBeyondHeadError);
  });
});

describe('snapshots', () => {
  const snapshot = (nextEvent: number) => ({
    shard: place.shard,
    machine: 'counter',
    nextEvent,
    nextSequence: nextEvent + 1,
    lastMicros: 1_700_000_000_000_000,
    state: Buffer.from(`state ${nextEvent}`),
  });
  /** The statement of builds that knew no encoding. */
  const saveAsOlderBuild = async ({ shard, machine, nextEvent, ...rest }: ReturnType<typeof snapshot>) =>
    place.direct.query(
      `INSERT INTO journal_snapshots (shard, next_event, next_seq, last_micros, machine, state, state_hash)
      VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (shard, next_event) DO UPDATE
      SET next_seq = $3, last_micros = $4, machine = $5, state = $6, state_hash = $7, created_at = clock_timestamp()`,
      [shard, nextEvent, rest.nextSequence, rest.lastMicros, machine, rest.state, plainHash(rest.state)],
    );

  it('are given back as saved, newest first, and only the last few are kept', async () => {
    for (const nextEvent of [10, 20, 30, 40]) await place.journal.saveSnapshot(snapshot(nextEvent));
    const newest = await place.journal.loadSnapshot(place.shard, Number.MAX_SAFE_INTEGER, () => undefined);
    expect(newest).toMatchObject(snapshot(40));
    const { rows } = await place.direct.query('SELECT next_event FROM journal_snapshots WHERE shard = $1', [
      place.shard,
    ]);
    expect(rows).toHaveLength(3);
  });

  it.each([
    ['many slices', randomBytes(9_000_001)],
    ['many slices in a few bytes', Buffer.alloc(9_000_001, 'leaves 10, cum 0;')],
    ['nothing', Buffer.alloc(0)],
  ])('come back as they are when they are %s', async (_, state) => {
    const { stateHash } = await place.journal.saveSnapshot({ ...snapshot(50), state });
    const found = await place.journal.loadSnapshot(place.shard, Number.MAX_SAFE_INTEGER, () => undefined);
    expect(found?.state.equals(state)).toBe(true);
    expect([found?.stateHash, stateHash]).toEqual([plainHash(state), plainHash(state)]);
  });

  it('are stored in a fraction of their bytes', async () => {
    await place.journal.saveSnapshot({
      ...snapshot(50),
      state: Buffer.alloc(1_000_000, 'leaves 10, cum 0;'),
    });
    const { rows } = await place.direct.query(
      'SELECT encoding, octet_length(state) < 10000 AS small FROM journal_snapshots WHERE shard = $1',
      [place.shard],
    );
    expect(rows).toEqual([{ encoding: 'zstd', small: true }]);
  });

  it('come back as an older build wrote them, also over one of this build', async () => {
    await place.journal.saveSnapshot(snapshot(20));
    for (const nextEvent of [20, 30]) await saveAsOlderBuild(snapshot(nextEvent));
    const load = async (before: number) =>
      place.journal.loadSnapshot(place.shard, before, (problem) => {
        throw new Error(problem);
      });
    expect(await load(Number.MAX_SAFE_INTEGER)).toMatchObject(snapshot(30));
    expect(await load(30)).toMatchObject(snapshot(20));
    const { rows } = await place.direct.query(
      'SELECT encoding FROM journal_snapshots WHERE shard = $1 ORDER BY next_event',
      [place.shard],
    );
    expect(rows).toEqual([{ encoding: 'zstd' }, { encoding: 'plain' }]);
    await place.journal.saveSnapshot(snapshot(30));
    expect(await load(Number.MAX_SAFE_INTEGER)).toMatchObject(snapshot(30));
  });

  it('are read on a session that goes on after a refusal', async () => {
    const client = await place.direct.connect();
    try {
      await expect(copyBytes(client, 'SELECT state FROM nowhere')).rejects.toThrow('nowhere');
      expect(await copyBytes(client, "SELECT 'a'::bytea WHERE false")).toHaveLength(0);
      expect(await copyBytes(client, "VALUES ('a'::bytea), (''), ('bc')")).toEqual(Buffer.from('abc'));
    } finally {
      client.release();
    }
  });

  it.each([
    ['replaced', `'x'`],
    ['emptied', `''`],
    ['cut short', 'substring(state FOR octet_length(state) - 5)'],
    ['changed in its head', 'set_byte(state, 0, get_byte(state, 0) # 1)'],
    ['changed in its content', 'set_byte(state, 20, get_byte(state, 20) # 1)'],
    ['of another encoding', `state, encoding = 'plain'`],
  ])('pass over one that was %s, loudly', async (_, damage) => {
    for (const nextEvent of [10, 20])
      await place.journal.saveSnapshot({ ...snapshot(nextEvent), state: randomBytes(100_000) });
    await place.direct.query(
      `UPDATE journal_snapshots SET state = ${damage} WHERE shard = $1 AND next_event = 20`,
      [place.shard],
    );
    const problems: string[] = [];
    const found = await place.journal.loadSnapshot(place.shard, Number.MAX_SAFE_INTEGER, (one) =>
      problems.push(one),
    );
    expect(found?.nextEvent).toBe(10);
    expect(problems).toEqual([expect.stringContaining('event 20')]);
    expect(await place.journal.loadSnapshot(place.shard, 10, () => undefined)).toBeUndefined();
  });
});

it('works as a role that may only touch rows', async () => {
  const client = new Client({ connectionString: place.url });
  await client.connect();
  await client.query(`CREATE ROLE spec_app LOGIN PASSWORD 'x'`);
  await client.query('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO spec_app');
  await client.end();
  const url = new URL(place.url);
  url.username = 'spec_app';
  url.password = 'x';
  const pool = createPool(url.href, { max: 2, applicationName: 'spec-app' });
  place.journal = new Journal(pool);
  const appender = await place.openAppender();
  await appender.append(bytes('as app'));
  await appender.close();
  await pool.end();
  expect(await place.stored()).toEqual(['as app']);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { FencedError } from './errors';
import { bytes, JournalPlace } from './fixtures/journal-place';

const place = new JournalPlace();

beforeAll(() => place.open());
beforeEach(() => place.begin());
afterEach(() => place.end());
afterAll(() => place.close());

describe('leases', () => {
  it('are held by one owner until they expire, then by another with a higher epoch', async () => {
    const grant = await place.acquire('a', 300);
    expect(await place.journal.tryAcquire(place.shard, 'b', 300)).toMatchObject({
      outcome: 'held-by-other',
      owner: 'a',
    });
    await sleep(320);
    expect(await place.acquire('b', 300)).toMatchObject({ epoch: grant.epoch + 1 });
  });

  it('are taken by one of many who try at once', async () => {
    const attempts = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (owner) => place.journal.tryAcquire(place.shard, owner)),
    );
    expect(attempts.filter(({ outcome }) => outcome === 'acquired')).toHaveLength(1);
  });

  it('come back at once to the same owner, who is fenced from its former life', async () => {
    const former = await place.openAppender(await place.acquire('a'));
    const grant = await place.acquire('a');
    await expect(former.append(bytes('late'))).rejects.toMatchObject({
      name: 'FencedError',
      fencedCause: 'LEASE_TAKEN',
    });
    await (await place.openAppender(grant)).append(bytes('now'));
    expect(await place.stored()).toEqual(['now']);
  });

  it('fence an owner that slept through its expiry, with both its appends in flight', async () => {
    const sleeper = await place.openAppender(await place.acquire('a', 100));
    await sleep(120);
    const successor = await place.openAppender(await place.acquire('b'));
    await successor.append(bytes('successor'));
    const late = await Promise.allSettled([sleeper.append(bytes('l1')), sleeper.append(bytes('l2'))]);
    expect(late.map((one) => (one as PromiseRejectedResult).reason)).toEqual([
      expect.any(FencedError),
      expect.any(FencedError),
    ]);
    expect(await place.stored()).toEqual(['successor']);
  });

  it('wait for an append that is being committed, so that the next owner sees it', async () => {
    const appender = await place.openAppender(await place.acquire('a', 50));
    const blocker = await place.direct.connect();
    await blocker.query('BEGIN');
    await blocker.query(`INSERT INTO journal_batches VALUES ($1, 1, 1, 0, 1, 'in the way', 0)`, [
      place.shard,
    ]);
    const appending = appender.append(bytes('slow'));
    await sleep(150);
    let isAcquired = false;
    const acquiring = place.acquire('b').then(() => {
      isAcquired = true;
    });
    await sleep(100);
    expect(isAcquired).toBe(false);
    await blocker.query('ROLLBACK');
    blocker.release();
    await Promise.all([appending, acquiring]);
    expect(await place.stored()).toEqual(['slow']);
  });

  it('live on heartbeats, and go at once when released', async () => {
    const lost: Error[] = [];
    const keeper = place.journal.keep(await place.acquire('a', 1_000), {
      onLost: (error) => lost.push(error),
      onConfirmed: () => undefined,
    });
    await sleep(1_500);
    expect(keeper.isFresh()).toBe(true);
    expect(await place.journal.tryAcquire(place.shard, 'b')).toMatchObject({ outcome: 'held-by-other' });
    await keeper.release();
    expect(await place.journal.tryAcquire(place.shard, 'b')).toMatchObject({ outcome: 'acquired' });
    expect(lost).toEqual([]);
  });

  it('tell their holder once when another owner took them', async () => {
    const grant = await place.acquire('a', 200);
    await sleep(220);
    await place.acquire('b');
    const lost: Error[] = [];
    const keeper = place.journal.keep(grant, {
      onLost: (error) => lost.push(error),
      onConfirmed: () => undefined,
    });
    await sleep(700);
    expect(lost.map(({ message }) => message)).toEqual([expect.stringContaining('another owner')]);
    expect(keeper.isFresh()).toBe(false);
    await keeper.stop();
  });

  it('are asked for, not given up, by a process that could not run for longer than their life', async () => {
    const lost: Error[] = [];
    const listeners = { onLost: (error: Error) => lost.push(error), onConfirmed: () => undefined };
    const keeper = place.journal.keep(await place.acquire('a', 300), listeners);
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
    const keeper = place.journal.keep(await place.acquire('a', 1_000), listeners);
    await sleep(100);
    place.wire.cut();
    await sleep(1_300);
    expect([keeper.isFresh(), lost.length]).toEqual([true, 0]);
    place.wire.losesRequests = true;
    await sleep(1_200);
    expect([keeper.isFresh(), lost.length]).toEqual([false, 0]);
    await sleep(1_700);
    expect(lost).toHaveLength(1);
    place.wire.cut();
    await keeper.stop();
  });
});

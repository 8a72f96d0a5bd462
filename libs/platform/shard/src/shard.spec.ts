import { setImmediate as nextRound, setTimeout as sleep } from 'node:timers/promises';
import { decodeBatch } from '@clearway/platform-journal';
import { OverloadedError, ShardUnavailableError } from './errors';
import { CounterDesk, rounds, type Serving, submit, watch } from './fixtures/counter-desk';
import { add, type CounterCommand, context, touch } from './fixtures/counter-machine';

let desk: CounterDesk;

beforeEach(() => {
  desk = new CounterDesk();
});

describe('batches', () => {
  it('hold all that arrived in one round, and answer when they are durable', async () => {
    const shard = await desk.serve();
    const answers = ['a', 'b', 'a'].map((name) => submit(shard, add(name)));
    await rounds();
    expect(desk.journal.pending).toHaveLength(1);
    expect(answers.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting']);
    desk.journal.commit();
    await rounds();
    expect(answers.map(({ value }) => value?.count)).toEqual([1, 1, 2]);
    expect(desk.names(0)).toEqual(['a', 'b', 'a']);
  });

  it('are two in flight at most; what comes meanwhile gathers for the next', async () => {
    const shard = await desk.serve();
    for (const name of ['a', 'b', 'c', 'd']) {
      submit(shard, add(name));
      await rounds();
    }
    expect(desk.journal.pending).toHaveLength(2);
    expect(shard.stats()).toMatchObject({ queueDepth: 2, batchesInFlight: 2 });
    desk.journal.commit();
    await rounds();
    desk.journal.commit();
    desk.journal.commit();
    await rounds();
    expect([desk.names(0), desk.names(1), desk.names(2)]).toEqual([['a'], ['b'], ['c', 'd']]);
    expect(shard.stats()).toMatchObject({ batches: 3, events: 4, queueDepth: 0, batchSizeAvg: 4 / 3 });
    expect(shard.stats()?.batchSizes.slice(0, 3)).toEqual([2, 1, 0]);
  });

  it('gather for a while after the last was sent; the first after a pause is sent at once', async () => {
    const shard = await desk.serve({ turnIntervalMs: 5 });
    submit(shard, add('a'));
    await rounds();
    expect(desk.journal.pending).toHaveLength(1);
    desk.journal.commit();
    for (const name of ['b', 'c']) {
      submit(shard, add(name));
      await rounds();
    }
    expect(desk.journal.pending).toHaveLength(0);
    desk.steadyMs += 5;
    await sleep(20);
    desk.journal.commit();
    await rounds();
    expect([desk.names(0), desk.names(1)]).toEqual([['a'], ['b', 'c']]);
  });

  it('are split by commands a turn and by bytes, but never within a submitMany', async () => {
    desk.journal.commitsAtOnce = true;
    const few = await desk.serve({ commandsPerTurnMax: 2 });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(async (name) => few.submit(add(name), context)));
    expect(desk.journal.batches.map(({ eventCount }) => eventCount)).toEqual([2, 2, 1]);
    const small = await desk.serve({ batchBytesMax: 150, commandsPerTurnMax: 3 });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(async (name) => small.submit(add(name), context)));
    await small.submitMany(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => add(name)),
      context,
    );
    expect(desk.journal.batches.slice(3).map(({ eventCount }) => eventCount)).toEqual([2, 2, 1, 6]);
  });

  it('decide a submitMany in one turn, in order, in one context', async () => {
    desk.journal.commitsAtOnce = true;
    const shard = await desk.serve();
    const outcomes = await shard.submitMany(
      [add('a', 1), add('a', 2), { do: 'refuse' }, add('a', 3)],
      context,
    );
    expect(outcomes.map(({ count }) => count)).toEqual([1, 3, -1, 6]);
    expect(new Set(outcomes.map((one) => one.nowMicros)).size).toBe(1);
    const { contexts, events } = decodeBatch(desk.journal.batches[0]!);
    expect([contexts.length, events.length]).toEqual([1, 3]);
    expect(contexts[0]).toEqual({ ...context, atMicros: 1_000 });
    expect(await shard.submitMany([], context)).toEqual([]);
  });

  it('publish after the answers and before the feed, in order', async () => {
    const shard = await desk.serve();
    const order: string[] = [];
    shard.onOutputs((outputs) => order.push(`outputs ${outputs.map(({ name }) => name).join(' ')}`));
    const abort = new AbortController();
    void (async () => {
      for await (const batch of shard.feed.subscribe(0, { signal: abort.signal }))
        order.push(`feed ${batch.sequence}`);
    })();
    void shard.submit(add('a'), context).then(() => order.push('answer a'));
    await rounds();
    void shard.submit(add('b'), context).then(() => order.push('answer b'));
    await rounds();
    expect(order).toEqual([]);
    desk.journal.commit();
    await rounds();
    desk.journal.commit();
    await rounds();
    expect(order.filter((one) => !one.startsWith('answer'))).toEqual([
      'outputs a',
      'feed 1',
      'outputs b',
      'feed 2',
    ]);
    expect(order.indexOf('answer a')).toBeLessThan(order.indexOf('feed 1'));
    expect(order.indexOf('answer b')).toBeLessThan(order.indexOf('feed 2'));
    abort.abort();
  });
});

describe('riding events', () => {
  it('are answered without a commit and ride in the next firm batch', async () => {
    const shard = await desk.serve();
    const touched = submit(shard, touch('t'));
    await rounds();
    expect([touched.state, desk.journal.pending.length]).toEqual(['answered', 0]);
    expect([shard.position().nextEvent, shard.durablePosition().nextEvent]).toEqual([1, 0]);
    submit(shard, add('a'));
    await rounds();
    desk.journal.commit();
    await rounds();
    expect(desk.names(0)).toEqual(['t', 'a']);
  });

  it('are flushed alone after a while, all in one batch', async () => {
    const shard = await desk.serve();
    submit(shard, touch('t1'));
    await rounds();
    submit(shard, touch('t2'));
    await sleep(60);
    expect(desk.journal.pending).toHaveLength(1);
    desk.journal.commit();
    expect(desk.names(0)).toEqual(['t1', 't2']);
    await sleep(60);
    expect(desk.journal.pending).toHaveLength(0);
  });

  it('are flushed when there are many bytes of them', async () => {
    const shard = await desk.serve({ carriedBytesMax: 150, carriedDelayMs: 200 });
    for (let i = 0; i < 3; i++) {
      submit(shard, touch(`t${i}`));
      await rounds();
    }
    expect(desk.journal.pending).toHaveLength(1);
    await nextRound();
  });

  it.each<[string, CounterCommand]>([
    ['what rides', touch('t')],
    ['what emits nothing', { do: 'refuse' }],
  ])('wait with %s for the firm batches decided before, not for later ones', async (_, command) => {
    const shard = await desk.serve();
    submit(shard, add('a'));
    await rounds();
    const rider = submit(shard, command);
    await rounds();
    submit(shard, add('b'));
    await rounds();
    expect([rider.state, desk.journal.pending.length]).toEqual(['waiting', 2]);
    desk.journal.commit();
    await rounds();
    expect(rider.state).toBe('answered');
  });

  it('do not wait for a flush of riding events', async () => {
    const shard = await desk.serve({ carriedDelayMs: 1 });
    submit(shard, touch('t1'));
    while (desk.journal.pending.length === 0) await sleep(1);
    const later = submit(shard, touch('t2'));
    await rounds();
    expect(later.state).toBe('answered');
  });
});

describe('limits', () => {
  it('refuse what does not fit, decided or not, and take more after answers', async () => {
    const shard = await desk.serve({ queuedCommandsMax: 3 });
    submit(shard, add('a'));
    await rounds();
    submit(shard, add('b'));
    submit(shard, add('c'));
    await expect(shard.submit(add('d'), context)).rejects.toThrow(OverloadedError);
    await expect(shard.submitMany([add('d')], context)).rejects.toMatchObject({ reason: 'OVERLOADED' });
    await rounds();
    expect(shard.stats()?.overloads).toBe(2);
    desk.journal.commit();
    await rounds();
    expect(submit(shard, add('d')).state).toBe('waiting');
  });
});

describe('fail-stop', () => {
  it.each<[string, (shard: Serving) => void]>([
    ['a throw in decide', (shard) => submit(shard, { do: 'throw' })],
    ['a failed append', () => desk.journal.pending[0]?.reject(new Error('disk'))],
    ['a lost lease', () => desk.journal.listeners?.onLost(new Error('lost'))],
    [
      'a listener that throws',
      (shard) => {
        shard.onOutputs(() => {
          throw new Error('listener');
        });
        submit(shard, add('x'));
        desk.journal.commit();
      },
    ],
  ])('rejects everybody once and for all after %s', async (_, cause) => {
    const shard = await desk.serve();
    submit(shard, add('first'));
    await rounds();
    const answers: { state: string }[] = [submit(shard, add('a'))];
    answers.push(watch(shard.submitMany([add('a')], context)));
    cause(shard);
    await nextRound();
    answers.push(watch(shard.read(() => 1)));
    await rounds();
    expect(answers.map(({ state }) => state)).toEqual(answers.map(() => 'ShardUnavailableError'));
    expect([shard.state, desk.fatal.length]).toEqual(['stopped', 1]);
    await expect(shard.submit(add('b'), context)).rejects.toThrow(ShardUnavailableError);
    desk.journal.listeners?.onLost(new Error('again'));
    expect(desk.fatal).toHaveLength(1);
  });

  it('rejects the commands of the very turn that threw', async () => {
    const shard = await desk.serve();
    const answers = [submit(shard, add('a')), submit(shard, { do: 'throw' }), submit(shard, add('b'))];
    await rounds();
    expect(answers.map(({ state }) => state)).toEqual(answers.map(() => 'ShardUnavailableError'));
    expect(desk.journal.pending).toHaveLength(0);
  });
});

describe('closing', () => {
  it('finishes what was taken, flushes what rides, and gives the lease back', async () => {
    const shard = await desk.serve({ carriedDelayMs: 60_000 });
    submit(shard, touch('t'));
    await rounds();
    const answers = [submit(shard, add('a')), watch(shard.read((state) => state.counts.size))];
    const closed = watch(shard.close());
    await expect(shard.submit(add('b'), context)).rejects.toMatchObject({ reason: 'DRAINING' });
    await rounds();
    desk.journal.commit();
    await rounds();
    if (desk.journal.pending.length > 0) desk.journal.commit();
    await rounds();
    expect(answers.map(({ state }) => state)).toEqual(['answered', 'answered']);
    expect([closed.state, shard.state, desk.journal.isReleased]).toEqual(['answered', 'stopped', true]);
    expect(desk.journal.head().nextEvent).toBe(2);
    expect(desk.fatal).toEqual([]);
  });
});

import { setImmediate as nextRound, setTimeout as sleep } from 'node:timers/promises';
import { decodeBatch, decodeEvents } from '@clearway/platform-journal';
import { OverloadedError, ShardUnavailableError } from './errors';
import {
  add,
  type CounterCommand,
  context,
  counterCodec,
  counterMachine,
  quietLog,
  touch,
} from './fixtures/counter-machine';
import { MemoryJournal } from './fixtures/memory-journal';
import type { ShardLimits } from './limits';
import { rebuildState, stateHash } from './rebuild-state';
import { openShard } from './shard';

let journal: MemoryJournal;
let nowMicros: number;
let steadyMs = 0;
let fatal: Error[];

beforeEach(() => {
  journal = new MemoryJournal();
  nowMicros = 1_000;
  fatal = [];
});

async function serve(limits: Partial<ShardLimits> = {}) {
  const shard = openShard({
    shardId: 'spec/0',
    machine: counterMachine,
    codec: counterCodec,
    journal,
    owner: 'spec',
    limits,
    clock: () => nowMicros,
    steadyMs: () => steadyMs,
    log: quietLog,
    onFatal: (error) => fatal.push(error),
  });
  await shard.whenServing();
  return shard;
}

type Serving = Awaited<ReturnType<typeof serve>>;

async function rounds(count = 3): Promise<void> {
  for (let i = 0; i < count; i++) await nextRound();
}

/** Tells whether a promise has settled, by a mark that it leaves. */
function watch<T>(promise: Promise<T>): { state: string; value: T | undefined } {
  const watched: { state: string; value: T | undefined } = { state: 'waiting', value: undefined };
  promise.then(
    (value) => Object.assign(watched, { state: 'answered', value }),
    (error: Error) => Object.assign(watched, { state: error.name }),
  );
  return watched;
}

function submit(shard: Serving, command: CounterCommand) {
  return watch(shard.submit(command, context));
}

const names = (index: number): string[] =>
  decodeEvents(journal.batches[index]!, counterCodec).map(({ event }) => event.name);

describe('batches', () => {
  it('hold all that arrived in one round, and answer when they are durable', async () => {
    const shard = await serve();
    const answers = ['a', 'b', 'a'].map((name) => submit(shard, add(name)));
    await rounds();
    expect(journal.pending).toHaveLength(1);
    expect(answers.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting']);
    journal.commit();
    await rounds();
    expect(answers.map(({ value }) => value?.count)).toEqual([1, 1, 2]);
    expect(names(0)).toEqual(['a', 'b', 'a']);
  });

  it('are two in flight at most; what comes meanwhile gathers for the next', async () => {
    const shard = await serve();
    for (const name of ['a', 'b', 'c', 'd']) {
      submit(shard, add(name));
      await rounds();
    }
    expect(journal.pending).toHaveLength(2);
    expect(shard.stats()).toMatchObject({ queueDepth: 2, batchesInFlight: 2 });
    journal.commit();
    await rounds();
    journal.commit();
    journal.commit();
    await rounds();
    expect([names(0), names(1), names(2)]).toEqual([['a'], ['b'], ['c', 'd']]);
    expect(shard.stats()).toMatchObject({ batches: 3, events: 4, queueDepth: 0, batchSizeAvg: 4 / 3 });
    expect(shard.stats()?.batchSizes.slice(0, 3)).toEqual([2, 1, 0]);
  });

  it('are split by commands a turn and by bytes, but never within a submitMany', async () => {
    journal.commitsAtOnce = true;
    const few = await serve({ commandsPerTurnMax: 2 });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(async (name) => few.submit(add(name), context)));
    expect(journal.batches.map(({ eventCount }) => eventCount)).toEqual([2, 2, 1]);
    const small = await serve({ batchBytesMax: 150, commandsPerTurnMax: 3 });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(async (name) => small.submit(add(name), context)));
    await small.submitMany(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => add(name)),
      context,
    );
    expect(journal.batches.slice(3).map(({ eventCount }) => eventCount)).toEqual([2, 2, 1, 6]);
  });

  it('decide a submitMany in one turn, in order, in one context', async () => {
    journal.commitsAtOnce = true;
    const shard = await serve();
    const outcomes = await shard.submitMany(
      [add('a', 1), add('a', 2), { do: 'refuse' }, add('a', 3)],
      context,
    );
    expect(outcomes.map(({ count }) => count)).toEqual([1, 3, -1, 6]);
    expect(new Set(outcomes.map((one) => one.nowMicros)).size).toBe(1);
    const { contexts, events } = decodeBatch(journal.batches[0]!);
    expect([contexts.length, events.length]).toEqual([1, 3]);
    expect(contexts[0]).toEqual({ ...context, atMicros: 1_000 });
    expect(await shard.submitMany([], context)).toEqual([]);
  });

  it('publish after the answers and before the feed, in order', async () => {
    const shard = await serve();
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
    journal.commit();
    await rounds();
    journal.commit();
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
    const shard = await serve();
    const touched = submit(shard, touch('t'));
    await rounds();
    expect([touched.state, journal.pending.length]).toEqual(['answered', 0]);
    expect([shard.position().nextEvent, shard.durablePosition().nextEvent]).toEqual([1, 0]);
    submit(shard, add('a'));
    await rounds();
    journal.commit();
    await rounds();
    expect(names(0)).toEqual(['t', 'a']);
  });

  it('are flushed alone after a while, all in one batch', async () => {
    const shard = await serve();
    submit(shard, touch('t1'));
    await rounds();
    submit(shard, touch('t2'));
    await sleep(60);
    expect(journal.pending).toHaveLength(1);
    journal.commit();
    expect(names(0)).toEqual(['t1', 't2']);
    await sleep(60);
    expect(journal.pending).toHaveLength(0);
  });

  it('are flushed when there are many bytes of them', async () => {
    const shard = await serve({ carriedBytesMax: 150, carriedDelayMs: 200 });
    for (let i = 0; i < 3; i++) {
      submit(shard, touch(`t${i}`));
      await rounds();
    }
    expect(journal.pending).toHaveLength(1);
    await nextRound();
  });

  it.each<[string, CounterCommand]>([
    ['what rides', touch('t')],
    ['what emits nothing', { do: 'refuse' }],
  ])('wait with %s for the firm batches decided before, not for later ones', async (_, command) => {
    const shard = await serve();
    submit(shard, add('a'));
    await rounds();
    const rider = submit(shard, command);
    await rounds();
    submit(shard, add('b'));
    await rounds();
    expect([rider.state, journal.pending.length]).toEqual(['waiting', 2]);
    journal.commit();
    await rounds();
    expect(rider.state).toBe('answered');
  });

  it('do not wait for a flush of riding events', async () => {
    const shard = await serve({ carriedDelayMs: 1 });
    submit(shard, touch('t1'));
    while (journal.pending.length === 0) await sleep(1);
    const later = submit(shard, touch('t2'));
    await rounds();
    expect(later.state).toBe('answered');
  });
});

describe('looks', () => {
  it('see what is decided, hold nobody up, and tell it once it is durable', async () => {
    const shard = await serve();
    submit(shard, add('a'));
    await rounds();
    const look = watch(shard.look((state) => state.counts.get('a')));
    await rounds();
    const later = submit(shard, add('a'));
    await rounds();
    expect([look.state, journal.pending.length]).toEqual(['waiting', 2]);
    journal.commit();
    await rounds();
    expect([look.value, later.state]).toEqual([1, 'waiting']);
    journal.commit();
    await rounds();
    expect(later.value?.count).toBe(2);
  });

  it('make events durable that they saw ride', async () => {
    const shard = await serve({ carriedDelayMs: 60_000 });
    submit(shard, touch('t'));
    await rounds();
    const look = watch(shard.look((state) => state.counts.has('t')));
    await rounds();
    expect([look.state, journal.pending.length]).toEqual(['waiting', 1]);
    journal.commit();
    await rounds();
    expect(look.value).toBe(true);
  });

  it('wait for riding events that are under way already', async () => {
    const shard = await serve({ carriedDelayMs: 1 });
    submit(shard, touch('t'));
    while (journal.pending.length === 0) await sleep(1);
    const look = watch(shard.look((state) => state.counts.has('t')));
    await rounds();
    expect(look.state).toBe('waiting');
    journal.commit();
    await rounds();
    expect(look.value).toBe(true);
  });

  it('give back what the function throws, and the shard goes on', async () => {
    const shard = await serve();
    const failing = shard.look(() => {
      throw new RangeError('not there');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(shard.state).toBe('serving');
  });
});

describe('reads', () => {
  it('flush what rides and run when everything decided is durable, together', async () => {
    const shard = await serve({ carriedDelayMs: 60_000 });
    submit(shard, touch('t'));
    await rounds();
    const reads = [1, 2].map(() => watch(shard.read((state) => state.counts.has('t'))));
    await rounds();
    expect([reads[0]?.state, journal.pending.length]).toEqual(['waiting', 1]);
    journal.commit();
    await rounds();
    expect(reads.map(({ value }) => value)).toEqual([true, true]);
  });

  it('hold later turns back until they have run, and then let them go', async () => {
    const shard = await serve();
    submit(shard, add('a'));
    await rounds();
    const read = watch(shard.read((state) => state.counts.get('a')));
    const later = submit(shard, add('a'));
    await rounds();
    expect(journal.pending).toHaveLength(1);
    journal.commit();
    await rounds();
    expect([read.value, journal.pending.length]).toEqual([1, 1]);
    journal.commit();
    await rounds();
    expect(later.value?.count).toBe(2);
  });

  it('give back what the function throws', async () => {
    const shard = await serve();
    const failing = shard.read(() => {
      throw new RangeError('not there');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(shard.state).toBe('serving');
  });

  it('and answers from memory wait while the lease is uncertain', async () => {
    const shard = await serve();
    journal.isFresh = false;
    const answers: { state: string }[] = [submit(shard, { do: 'refuse' })];
    await rounds();
    answers.push(watch(shard.read(() => 1)));
    await rounds();
    expect(answers.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    journal.isFresh = true;
    journal.listeners?.onConfirmed();
    await rounds();
    expect(answers.map(({ state }) => state)).toEqual(['answered', 'answered']);
  });
});

describe('time', () => {
  it('never runs backwards, not even for a new owner', async () => {
    journal.commitsAtOnce = true;
    const first = await serve();
    nowMicros = 5_000;
    await first.submit(add('a'), context);
    nowMicros = 4_000;
    expect((await first.submit(add('a'), context)).nowMicros).toBe(5_000);
    nowMicros = 3_000;
    const second = await serve();
    expect((await second.submit(add('a'), context)).nowMicros).toBe(5_000);
    nowMicros = 6_000;
    expect((await second.submit(add('a'), context)).nowMicros).toBe(6_000);
  });

  it('goes on although the clock was stepped back: deadlines must come', async () => {
    journal.commitsAtOnce = true;
    const shard = await serve();
    nowMicros = 3_600_000_000;
    await shard.submit(add('a'), context);
    nowMicros = 2_000;
    steadyMs += 10_000;
    expect((await shard.submit(add('a'), context)).nowMicros).toBe(3_605_000_000);
  });
});

describe('replay', () => {
  it('gives the live state, with and without a snapshot, and skips notes', async () => {
    journal.commitsAtOnce = true;
    const shard = await serve();
    for (let i = 0; i < 20; i++) {
      nowMicros += 10;
      await shard.submit(add(`c${i % 3}`, i), context);
      await shard.submit(touch('t'), context);
      await shard.note('platform.SessionOpened', Buffer.from([i]), context);
    }
    const live = await shard.read((state) => stateHash(counterMachine, state));
    const options = { journal, shardId: 'spec/0', machine: counterMachine, codec: counterCodec };
    const { state, position } = await rebuildState(options);
    expect(stateHash(counterMachine, state)).toBe(live);
    expect(position.nextEvent).toBe(60);
    const types = journal.batches.flatMap((batch) => decodeBatch(batch).events.map(({ type }) => type));
    expect(types.filter((type) => type.startsWith('platform.'))).toHaveLength(20);
  });

  it('notices time that runs backwards', async () => {
    journal.commitsAtOnce = true;
    const shard = await serve();
    await shard.submit(add('a'), context);
    nowMicros = 2_000;
    await shard.submit(add('a'), context);
    const options = { journal, shardId: 'spec/0', machine: counterMachine, codec: counterCodec };
    const [first, second] = journal.batches;
    journal.batches[0] = { ...first!, payload: second!.payload };
    journal.batches[1] = { ...second!, payload: first!.payload };
    await expect(rebuildState(options)).rejects.toThrow('Time runs backwards');
  });

  it('refuses a note that could be mistaken for an event', async () => {
    await expect((await serve()).note('Added', Buffer.alloc(0), context)).rejects.toThrow(TypeError);
  });
});

describe('limits', () => {
  it('refuse what does not fit, decided or not, and take more after answers', async () => {
    const shard = await serve({ queuedCommandsMax: 3 });
    submit(shard, add('a'));
    await rounds();
    submit(shard, add('b'));
    submit(shard, add('c'));
    await expect(shard.submit(add('d'), context)).rejects.toThrow(OverloadedError);
    await expect(shard.submitMany([add('d')], context)).rejects.toMatchObject({ reason: 'OVERLOADED' });
    await rounds();
    expect(shard.stats()?.overloads).toBe(2);
    journal.commit();
    await rounds();
    expect(submit(shard, add('d')).state).toBe('waiting');
  });
});

describe('fail-stop', () => {
  it.each<[string, (shard: Serving) => void]>([
    ['a throw in decide', (shard) => submit(shard, { do: 'throw' })],
    ['a failed append', () => journal.pending[0]?.reject(new Error('disk'))],
    ['a lost lease', () => journal.listeners?.onLost(new Error('lost'))],
    [
      'a listener that throws',
      (shard) => {
        shard.onOutputs(() => {
          throw new Error('listener');
        });
        submit(shard, add('x'));
        journal.commit();
      },
    ],
  ])('rejects everybody once and for all after %s', async (_, cause) => {
    const shard = await serve();
    submit(shard, add('first'));
    await rounds();
    const answers: { state: string }[] = [submit(shard, add('a'))];
    answers.push(watch(shard.submitMany([add('a')], context)));
    cause(shard);
    await nextRound();
    answers.push(watch(shard.read(() => 1)));
    await rounds();
    expect(answers.map(({ state }) => state)).toEqual(answers.map(() => 'ShardUnavailableError'));
    expect([shard.state, fatal.length]).toEqual(['stopped', 1]);
    await expect(shard.submit(add('b'), context)).rejects.toThrow(ShardUnavailableError);
    journal.listeners?.onLost(new Error('again'));
    expect(fatal).toHaveLength(1);
  });

  it('rejects the commands of the very turn that threw', async () => {
    const shard = await serve();
    const answers = [submit(shard, add('a')), submit(shard, { do: 'throw' }), submit(shard, add('b'))];
    await rounds();
    expect(answers.map(({ state }) => state)).toEqual(answers.map(() => 'ShardUnavailableError'));
    expect(journal.pending).toHaveLength(0);
  });
});

describe('closing', () => {
  it('finishes what was taken, flushes what rides, and gives the lease back', async () => {
    const shard = await serve({ carriedDelayMs: 60_000 });
    submit(shard, touch('t'));
    await rounds();
    const answers = [submit(shard, add('a')), watch(shard.read((state) => state.counts.size))];
    const closed = watch(shard.close());
    await expect(shard.submit(add('b'), context)).rejects.toMatchObject({ reason: 'DRAINING' });
    await rounds();
    journal.commit();
    await rounds();
    if (journal.pending.length > 0) journal.commit();
    await rounds();
    expect(answers.map(({ state }) => state)).toEqual(['answered', 'answered']);
    expect([closed.state, shard.state, journal.isReleased]).toEqual(['answered', 'stopped', true]);
    expect(journal.head().nextEvent).toBe(2);
    expect(fatal).toEqual([]);
  });
});

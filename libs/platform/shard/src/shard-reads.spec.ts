import { setTimeout as sleep } from 'node:timers/promises';
import { decodeBatch } from '@clearway/platform-journal';
import { CounterDesk, rounds, submit, watch } from './fixtures/counter-desk';
import { add, context, counterCodec, counterMachine, touch } from './fixtures/counter-machine';
import { rebuildState, stateHash } from './rebuild-state';
import type { CutPoint } from './turn-loop';

let desk: CounterDesk;

beforeEach(() => {
  desk = new CounterDesk();
});

describe('looks', () => {
  it('see what is decided, hold nobody up, and tell it once it is durable', async () => {
    const shard = await desk.serve();
    submit(shard, add('a'));
    await rounds();
    const look = watch(shard.look((state) => state.counts.get('a')));
    await rounds();
    const later = submit(shard, add('a'));
    await rounds();
    expect([look.state, desk.journal.pending.length]).toEqual(['waiting', 2]);
    desk.journal.commit();
    await rounds();
    expect([look.value, later.state]).toEqual([1, 'waiting']);
    desk.journal.commit();
    await rounds();
    expect(later.value?.count).toBe(2);
  });

  it('make events durable that they saw ride', async () => {
    const shard = await desk.serve({ carriedDelayMs: 60_000 });
    submit(shard, touch('t'));
    await rounds();
    const look = watch(shard.look((state) => state.counts.has('t')));
    await rounds();
    expect([look.state, desk.journal.pending.length]).toEqual(['waiting', 1]);
    desk.journal.commit();
    await rounds();
    expect(look.value).toBe(true);
  });

  it('wait for riding events that are under way already', async () => {
    const shard = await desk.serve({ carriedDelayMs: 1 });
    submit(shard, touch('t'));
    while (desk.journal.pending.length === 0) await sleep(1);
    const look = watch(shard.look((state) => state.counts.has('t')));
    await rounds();
    expect(look.state).toBe('waiting');
    desk.journal.commit();
    await rounds();
    expect(look.value).toBe(true);
  });

  it('give back what the function throws, and the shard goes on', async () => {
    const shard = await desk.serve();
    const failing = shard.look(() => {
      throw new RangeError('not there');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(shard.state).toBe('serving');
  });
});

describe('cuts', () => {
  const seen = (state: { readonly counts: ReadonlyMap<string, unknown> }, point: CutPoint) => [
    [...state.counts.keys()],
    point,
  ];

  it('come at the end of a batch, before it is durable, and say where they are', async () => {
    const shard = await desk.serve();
    const first = watch(shard.cut(seen));
    await rounds();
    expect(first.value).toEqual([[], { nextSequence: 1, nextEvent: 0, lastMicros: 0 }]);
    submit(shard, add('a'));
    const cut = watch(shard.cut(seen));
    await rounds();
    expect(cut.value).toEqual([['a'], { nextSequence: 2, nextEvent: 1, lastMicros: 1_000 }]);
    expect([desk.journal.batches.length, shard.durablePosition().nextEvent]).toEqual([0, 0]);
  });

  it('tell the time of the last event, not of a later turn that left none', async () => {
    const shard = await desk.serve();
    submit(shard, add('a'));
    await rounds();
    desk.nowMicros = 5_000;
    watch(shard.look(() => undefined));
    await rounds();
    const cut = watch(shard.cut(seen));
    await rounds();
    expect(cut.value).toEqual([['a'], { nextSequence: 2, nextEvent: 1, lastMicros: 1_000 }]);
  });

  it('wait until what rides has its batch', async () => {
    const shard = await desk.serve({ carriedDelayMs: 60_000 });
    submit(shard, touch('t'));
    await rounds();
    const cut = watch(shard.cut(seen));
    await rounds();
    expect(cut.state).toBe('waiting');
    submit(shard, add('a'));
    await rounds();
    expect(cut.value).toEqual([['t', 'a'], { nextSequence: 2, nextEvent: 2, lastMicros: 1_000 }]);
  });

  it('give back what the function throws; a shard that stops rejects those that wait', async () => {
    const shard = await desk.serve({ carriedDelayMs: 60_000 });
    const failing = shard.cut(() => {
      throw new RangeError('not there');
    });
    await expect(failing).rejects.toThrow(RangeError);
    submit(shard, touch('t'));
    await rounds();
    const waiting = watch(shard.cut(seen));
    desk.journal.listeners?.onLost(new Error('lost'));
    await rounds();
    expect(waiting.state).toBe('ShardUnavailableError');
  });
});

describe('reads', () => {
  it('flush what rides and run when everything decided is durable, together', async () => {
    const shard = await desk.serve({ carriedDelayMs: 60_000 });
    submit(shard, touch('t'));
    await rounds();
    const reads = [1, 2].map(() => watch(shard.read((state) => state.counts.has('t'))));
    await rounds();
    expect([reads[0]?.state, desk.journal.pending.length]).toEqual(['waiting', 1]);
    desk.journal.commit();
    await rounds();
    expect(reads.map(({ value }) => value)).toEqual([true, true]);
  });

  it('hold later turns back until they have run, and then let them go', async () => {
    const shard = await desk.serve();
    submit(shard, add('a'));
    await rounds();
    const read = watch(shard.read((state) => state.counts.get('a')));
    const later = submit(shard, add('a'));
    await rounds();
    expect(desk.journal.pending).toHaveLength(1);
    desk.journal.commit();
    await rounds();
    expect([read.value, desk.journal.pending.length]).toEqual([1, 1]);
    desk.journal.commit();
    await rounds();
    expect(later.value?.count).toBe(2);
  });

  it('give back what the function throws', async () => {
    const shard = await desk.serve();
    const failing = shard.read(() => {
      throw new RangeError('not there');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(shard.state).toBe('serving');
  });

  it('and answers from memory wait while the lease is uncertain', async () => {
    const shard = await desk.serve();
    desk.journal.isFresh = false;
    const answers: { state: string }[] = [submit(shard, { do: 'refuse' })];
    await rounds();
    answers.push(watch(shard.read(() => 1)));
    await rounds();
    expect(answers.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    desk.journal.isFresh = true;
    desk.journal.listeners?.onConfirmed();
    await rounds();
    expect(answers.map(({ state }) => state)).toEqual(['answered', 'answered']);
  });
});

describe('time', () => {
  it('never runs backwards, not even for a new owner', async () => {
    desk.journal.commitsAtOnce = true;
    const first = await desk.serve();
    desk.nowMicros = 5_000;
    await first.submit(add('a'), context);
    desk.nowMicros = 4_000;
    expect((await first.submit(add('a'), context)).nowMicros).toBe(5_000);
    desk.nowMicros = 3_000;
    const second = await desk.serve();
    expect((await second.submit(add('a'), context)).nowMicros).toBe(5_000);
    desk.nowMicros = 6_000;
    expect((await second.submit(add('a'), context)).nowMicros).toBe(6_000);
  });

  it('goes on although the clock was stepped back: deadlines must come', async () => {
    desk.journal.commitsAtOnce = true;
    const shard = await desk.serve();
    desk.nowMicros = 3_600_000_000;
    await shard.submit(add('a'), context);
    desk.nowMicros = 2_000;
    desk.steadyMs += 10_000;
    expect((await shard.submit(add('a'), context)).nowMicros).toBe(3_605_000_000);
  });
});

describe('replay', () => {
  it('gives the live state, with and without a snapshot, and skips notes', async () => {
    desk.journal.commitsAtOnce = true;
    const shard = await desk.serve();
    for (let i = 0; i < 20; i++) {
      desk.nowMicros += 10;
      await shard.submit(add(`c${i % 3}`, i), context);
      await shard.submit(touch('t'), context);
      await shard.note('platform.SessionOpened', Buffer.from([i]), context);
    }
    const live = await shard.read((state) => stateHash(counterMachine, state));
    const options = {
      journal: desk.journal,
      shardId: 'spec/0',
      machine: counterMachine,
      codec: counterCodec,
    };
    const { state, position } = await rebuildState(options);
    expect(stateHash(counterMachine, state)).toBe(live);
    expect(position.nextEvent).toBe(60);
    const types = desk.journal.batches.flatMap((batch) => decodeBatch(batch).events.map(({ type }) => type));
    expect(types.filter((type) => type.startsWith('platform.'))).toHaveLength(20);
  });

  it('notices time that runs backwards', async () => {
    desk.journal.commitsAtOnce = true;
    const shard = await desk.serve();
    await shard.submit(add('a'), context);
    desk.nowMicros = 2_000;
    await shard.submit(add('a'), context);
    const options = {
      journal: desk.journal,
      shardId: 'spec/0',
      machine: counterMachine,
      codec: counterCodec,
    };
    const [first, second] = desk.journal.batches;
    desk.journal.batches[0] = { ...first!, payload: second!.payload };
    desk.journal.batches[1] = { ...second!, payload: first!.payload };
    await expect(rebuildState(options)).rejects.toThrow('Time runs backwards');
  });

  it('refuses a note that could be mistaken for an event', async () => {
    await expect((await desk.serve()).note('Added', Buffer.alloc(0), context)).rejects.toThrow(TypeError);
  });
});

import { SharedMarks } from '@clearway/platform-rpc';
import { TcpProxy, until } from '@clearway/testing';
import { hasRedis, RedisServer } from './fixtures/redis-server';
import { LastValues } from './last-values';
import { COMMAND_TIMEOUT_MS, RedisLink } from './redis-link';
import { SharedRateLimits } from './shared-rate-limits';
import { SharedRevocations } from './shared-revocations';

const SILENT = { info: () => undefined, warn: () => undefined };
const ALICE = 'spiffe://clearway/participant/alice';
const BOB = 'spiffe://clearway/participant/bob';

if (!hasRedis && process.env.CLEARWAY_REQUIRE_REDIS !== '1')
  process.stdout.write(
    'Skipped: what is shared through Redis needs redis-server on the PATH (apt-get install redis-server).\n',
  );

const whenRedis = hasRedis || process.env.CLEARWAY_REQUIRE_REDIS === '1' ? it : it.skip;

describe('with a real Redis', () => {
  let server: RedisServer;
  let proxy: TcpProxy;
  const closing: { close(): void }[] = [];

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await TcpProxy.start(server.port);
  });

  afterEach(async () => {
    for (const each of closing.splice(0)) each.close();
    await proxy.close();
    await server.close();
  });

  function closed<T extends { close(): void }>(made: T): T {
    closing.push(made);
    return made;
  }

  async function link(port = server.port): Promise<RedisLink> {
    const made = closed(new RedisLink({ url: `redis://127.0.0.1:${port}` }, SILENT));
    await until('a connection to Redis', () => made.isUsable);
    return made;
  }

  describe('a link', () => {
    whenRedis('never waits: a slow Redis is given up within its time, and then not even asked', async () => {
      const slow = await link(proxy.port);
      proxy.delay(500);
      const startedMs = performance.now();
      for (let asked = 0; asked < 10; asked += 1)
        expect(await slow.ask((redis) => redis.get('key'))).toBeUndefined();
      // Three are waited for, the others fail at once.
      expect(performance.now() - startedMs).toBeLessThan(COMMAND_TIMEOUT_MS * 3 + 250);
      proxy.heal();
      proxy.delay(0);
      await until('answers again', async () => (await slow.ask((redis) => redis.ping())) === 'PONG');
    });

    whenRedis('finds a Redis that was killed and started again', async () => {
      const made = await link();
      await server.kill();
      expect(await made.ask((redis) => redis.ping())).toBeUndefined();
      await server.run();
      await until('answers again', async () => (await made.ask((redis) => redis.ping())) === 'PONG');
    });

    whenRedis('opens without any Redis', async () => {
      await server.kill();
      const lonely = closed(new RedisLink({ url: server.url }, SILENT));
      expect(await lonely.ask((redis) => redis.ping())).toBeUndefined();
    });
  });

  describe('rate limits', () => {
    let nowMs = 1_000_000;
    const clock = () => nowMs;

    async function pair(port?: number): Promise<[SharedRateLimits, SharedRateLimits]> {
      nowMs = 1_000_000;
      const options = { scope: 'test', perSecondMax: 10, clock };
      const one = closed(new SharedRateLimits({ ...options, redis: await link(port) }));
      const two = closed(new SharedRateLimits({ ...options, redis: await link(port) }));
      return [one, two];
    }

    function takeUntilRefused(limits: SharedRateLimits, caller: string): number {
      let taken = 0;
      while (limits.take(caller) === undefined) taken += 1;
      return taken;
    }

    whenRedis('are one limit for two processes, by caller', async () => {
      const [one, two] = await pair();
      for (let call = 0; call < 6; call += 1) expect(one.take('alice')).toBeUndefined();
      await one.exchange();
      for (let call = 0; call < 2; call += 1) expect(two.take('alice')).toBeUndefined();
      await two.exchange();
      expect(takeUntilRefused(two, 'alice')).toBe(2);
      await two.exchange();
      await one.exchange();
      expect(takeUntilRefused(two, 'bob')).toBe(10);
    });

    whenRedis('slide: a second later there is room again, after two all of it', async () => {
      const [one] = await pair();
      expect(takeUntilRefused(one, 'alice')).toBe(10);
      expect(one.take('alice')).toBe(1_000);
      nowMs += 1_500;
      expect(takeUntilRefused(one, 'alice')).toBe(5);
      nowMs += 2_000;
      expect(takeUntilRefused(one, 'alice')).toBe(10);
    });

    whenRedis.each(['slow', 'gone', 'flushed'] as const)(
      'hold in each process while Redis is %s',
      async (fault) => {
        const [one, two] = await pair(proxy.port);
        if (fault === 'slow') proxy.delay(1_000);
        if (fault === 'gone') proxy.cut();
        const taken = [takeUntilRefused(one, 'alice')];
        const startedMs = performance.now();
        await one.exchange();
        expect(performance.now() - startedMs).toBeLessThan(250);
        if (fault === 'flushed') await server.flush();
        await two.exchange();
        taken.push(takeUntilRefused(two, 'alice'));
        expect(taken).toEqual([10, 10]);
      },
    );
  });

  describe('revocations', () => {
    async function sharing(own: string[] = [], port?: number) {
      const marks = new SharedMarks();
      const shared = closed(new SharedRevocations({ redis: await link(port), marks, own: () => own }));
      return { marks, shared };
    }

    whenRedis('of one process are refused by all, also by those that start later', async () => {
      const other = await sharing();
      await sharing([ALICE, 'serial:0A:FF']);
      await until('the other to hear of it', () => other.marks.has(ALICE));
      expect(other.marks.has('serial:aff')).toBe(true);
      const late = await sharing();
      await until('a late one to hear of it', () => late.marks.has(ALICE));
    });

    whenRedis(
      'stay in force while Redis is gone, and are there again after it was emptied or lost',
      async () => {
        const own = [ALICE];
        const first = await sharing(own);
        const second = await sharing();
        await until('both to know', () => second.marks.has(ALICE) && first.marks.has(ALICE));
        await server.flush();
        await second.shared.exchange();
        expect(await server.as((client) => client.smembers('clearway:revoked'))).toEqual([ALICE]);
        await server.kill();
        expect(second.marks.has(ALICE)).toBe(true);
        own.push(BOB);
        await first.shared.exchange();
        expect(second.marks.has(BOB)).toBe(false);
        await server.run();
        await until('what was revoked meanwhile to come through', async () => {
          await first.shared.exchange();
          return second.marks.has(BOB);
        });
        const late = await sharing();
        await until('a late one to know both', () => late.marks.has(ALICE) && late.marks.has(BOB));
      },
    );

    whenRedis('are not held up by what is no entry', async () => {
      await server.as((client) => client.sadd('clearway:revoked', 'nonsense', BOB));
      const { marks } = await sharing();
      await until('the real one to be heard', () => marks.has(BOB));
      expect(marks.all()).toEqual([BOB]);
    });
  });

  describe('last values', () => {
    const stamped = (value: string, sequence = 1, epoch = 1) => ({ epoch, sequence, value });

    whenRedis('reach those who follow, and those who come later', async () => {
      const publisher = closed(new LastValues(await link(), 'quotes'));
      const reader = closed(new LastValues(await link(), 'quotes'));
      const heard: string[] = [];
      reader.follow((topic, { sequence, value }) => heard.push(`${topic} ${sequence} ${value}`));
      let sequence = 0;
      await until('something to be heard', () => {
        publisher.publish('AMZN', stamped('a value', ++sequence));
        return heard.length > 0;
      });
      expect(heard[0]).toMatch(/^AMZN \d+ a value$/);
      await until('the newest', async () => (await reader.read('AMZN'))?.sequence === sequence);
      expect(await reader.read('AMZN')).toEqual(stamped('a value', sequence));
      expect(await reader.read('MSFT')).toBeUndefined();
    });

    whenRedis(
      'are not waited for while Redis is slow, and the newest is there when it is back, also after a loss',
      async () => {
        const publisher = closed(new LastValues(await link(proxy.port), 'quotes'));
        const reader = closed(new LastValues(await link(), 'quotes'));
        const isRead = async (value: string) => (await reader.read('AMZN'))?.value === value;
        publisher.publish('AMZN', stamped('one'));
        await until('the first value', () => isRead('one'));
        proxy.delay(500);
        const startedMs = performance.now();
        for (let value = 2; value <= 1_000; value += 1)
          publisher.publish('AMZN', stamped(`value ${value}`, value));
        expect(performance.now() - startedMs).toBeLessThan(200);
        expect((await publisher.read('AMZN'))?.value).toBe('value 1000');
        proxy.delay(0);
        await until('the newest value', () => isRead('value 1000'));
        await server.kill();
        expect(await reader.read('AMZN')).toBeUndefined();
        await server.run();
        await until('the value to be put back', () => isRead('value 1000'));
        await server.flush();
        expect(await reader.read('AMZN')).toBeUndefined();
        await until('the value to be put back after it was emptied', () => isRead('value 1000'));
      },
    );

    whenRedis('of an owner of before never replace newer ones, nor come back when it has ended', async () => {
      const before = closed(new LastValues(await link(), 'quotes'));
      const after = closed(new LastValues(await link(), 'quotes'));
      const reader = closed(new LastValues(await link(), 'quotes'));
      const heard: number[] = [];
      before.publish('AMZN', stamped('old', 900, 1));
      await until('the old', async () => (await reader.read('AMZN'))?.epoch === 1);
      reader.follow((_topic, { epoch }) => heard.push(epoch));
      after.publish('AMZN', stamped('new', 1, 2));
      await until('the new', async () => (await reader.read('AMZN'))?.epoch === 2);
      before.publish('AMZN', stamped('late', 901, 1));
      before.publish('DONE', stamped('', 1, 1));
      await until('what came late to have come', async () => (await reader.read('DONE')) !== undefined);
      expect((await reader.read('AMZN'))?.value).toBe('new');
      before.close();
      after.close();
      await server.kill();
      await server.run();
      await link();
      before.publish('AMZN', stamped('ended', 902, 1));
      expect(await server.as((client) => client.keys('*'))).toEqual([]);
      expect(heard.filter((epoch) => epoch === 1).length).toBeLessThanOrEqual(1);
    });

    whenRedis('are nothing when somebody else has written nonsense', async () => {
      const reader = closed(new LastValues(await link(), 'quotes'));
      await server.as((client) => client.set('clearway:last:quotes:AMZN', 'nonsense'));
      expect(await reader.read('AMZN')).toBeUndefined();
      const publisher = closed(new LastValues(await link(), 'quotes'));
      publisher.publish('AMZN', stamped('right'));
      await until('a value over it', async () => (await reader.read('AMZN'))?.value === 'right');
    });
  });
});

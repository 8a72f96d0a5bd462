import { hasRedisServer } from './tls-redis';
import { runTrial } from './trial';
import { problemsOf, tableOf } from './trial-result';

jest.setTimeout(280_000);

/** Longest time without any answered order while a process is restarted on purpose; a machine that does much else is slower. */
const RESTART_PAUSE_MS_MAX = 5_000;
/** Nothing waits for Redis. */
const REDIS_PAUSE_MS_MAX = 2_000;

it('restarts and loses processes of the production configuration under load without a failed order', async () => {
  const { signal } = new AbortController();
  const result = await runTrial({ isShort: true, say: () => undefined, signal });
  process.stdout.write(`${tableOf(result)}\n`);
  expect(problemsOf(result)).toEqual([]);
  const restarts = result.moments.filter(({ name }) => name.startsWith('restart'));
  expect(restarts.map(({ name }) => name)).toEqual(['restart trading-a', 'restart risk-b']);
  for (const { longestPauseMs } of restarts) expect(longestPauseMs).toBeLessThan(RESTART_PAUSE_MS_MAX);
  const kills = result.moments.filter(({ name }) => name.startsWith('kill'));
  const served = kills.filter(({ name }) => name !== 'kill -9 redis');
  expect(served.map(({ note }) => /served after \d+ ms/.test(note))).toEqual([true, true]);
  if (!hasRedisServer())
    process.stdout.write('The trial ran without Redis: there is no redis-server here.\n');
  else
    expect(kills.find(({ name }) => name === 'kill -9 redis')?.longestPauseMs).toBeLessThan(
      REDIS_PAUSE_MS_MAX,
    );
  expect(result.answered).toBeGreaterThan(300);
  expect(result.rotated).toBeGreaterThan(5);
  expect(result.sessions).toEqual({ encrypted: expect.any(Number), plain: 0 });
});

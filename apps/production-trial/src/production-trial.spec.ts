import { runTrial } from './trial';
import { problemsOf, tableOf } from './trial-result';

jest.setTimeout(280_000);

/** Longest time without any answered order while a process is restarted on purpose; a machine that does much else is slower. */
const RESTART_PAUSE_MS_MAX = 5_000;

it('restarts and loses processes of the production configuration under load without a failed order', async () => {
  const { signal } = new AbortController();
  const result = await runTrial({ isShort: true, say: () => undefined, signal });
  process.stdout.write(`${tableOf(result)}\n`);
  expect(problemsOf(result)).toEqual([]);
  const restarts = result.moments.filter(({ name }) => name.startsWith('restart'));
  expect(restarts.map(({ name }) => name)).toEqual(['restart trading-a', 'restart risk-b']);
  for (const { longestPauseMs } of restarts) expect(longestPauseMs).toBeLessThan(RESTART_PAUSE_MS_MAX);
  const kills = result.moments.filter(({ name }) => name.startsWith('kill'));
  expect(kills.map(({ note }) => /served after \d+ ms/.test(note))).toEqual([true, true]);
  expect(result.answered).toBeGreaterThan(300);
  expect(result.rotated).toBeGreaterThan(5);
  expect(result.sessions).toEqual({ encrypted: expect.any(Number), plain: 0 });
});

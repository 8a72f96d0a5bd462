import { REGRESSIONS } from './regressions';
import { failureText } from './report';
import { runSeed, type SeedResult } from './simulation';

const STEPS = 2_000;
/** A hundred seeds in tens: a machine that is busy with other tests may need a while for each. */
const TENS = [1, 11, 21, 31, 41, 51, 61, 71, 81, 91];

jest.setTimeout(120_000);

describe('the simulation', () => {
  it.each(REGRESSIONS)('seed $seed, which once failed, holds', async ({ seed, steps }) => {
    expect(textOf(await runSeed(seed, { steps }), steps)).toBe('');
  });

  const seen = { trades: 0, auctions: 0, longAuctions: 0, interruptions: 0, expired: 0 };

  it.each(TENS)('holds every invariant over ten seeds from %i on', async (firstSeed) => {
    for (let seed = firstSeed; seed < firstSeed + 10; seed++) {
      const result = await runSeed(seed, { steps: STEPS });
      expect(textOf(result, STEPS)).toBe('');
      for (const what of ['trades', 'auctions', 'longAuctions', 'interruptions', 'expired'] as const)
        seen[what] += result[what];
    }
  });

  it('has seen trades, auctions in one turn and in several, halts and expiries', () => {
    const { longAuctions, ...often } = seen;
    for (const [what, count] of Object.entries(often)) expect([what, count > 10]).toEqual([what, true]);
    expect(longAuctions).toBeGreaterThan(3);
  });

  it('does the same for the same seed', async () => {
    const first = await runSeed(7, { steps: 1_500 });
    expect(await runSeed(7, { steps: 1_500 })).toEqual(first);
  });

  it('leaves the real clock as it was', async () => {
    const clock = () => [setTimeout, setInterval, setImmediate, Object.hasOwn(performance, 'now')];
    const before = clock();
    await runSeed(1, { steps: 100 });
    expect(clock()).toEqual(before);
  });
});

function textOf(result: SeedResult, steps: number): string {
  return failureText(result, steps);
}

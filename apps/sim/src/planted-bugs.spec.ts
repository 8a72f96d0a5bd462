import { PLANTED_BUGS } from './planted-bugs';
import { runSeed } from './simulation';

/** A bug that so many seeds do not show is not found. */
const SEEDS_MAX = 100;
const STEPS = 3_000;
jest.setTimeout(120_000);

describe('the simulation finds', () => {
  it.each(Object.keys(PLANTED_BUGS))('%s', async (name) => {
    const mutation = PLANTED_BUGS[name] ?? {};
    for (let seed = 1; seed <= SEEDS_MAX; seed++) {
      const { failure } = await runSeed(seed, { steps: STEPS, mutation });
      if (!failure) continue;
      expect(failure.trace.length).toBeGreaterThan(0);
      expect(mutation.foundBy ?? [failure.invariant]).toContain(failure.invariant);
      return;
    }
    throw new Error(`${SEEDS_MAX} seeds show nothing`);
  });
});

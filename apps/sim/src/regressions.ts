import type { SeedTask } from './seed-worker';

/**
 * Seeds that once failed, with the steps that they failed within; they run before all others, here and in the tests. A change of
 * the simulation itself changes what a seed does, so each names what it found: plant that bug again to find its seed anew.
 */
export const REGRESSIONS: readonly SeedTask[] = [
  // A remote pivot rode and was lost after its fills were applied; an operator then undid the legs (`a pivot that rides`).
  { seed: 128, steps: 6_000 },
  { seed: 262, steps: 5_000 },
  // A shard that was overloaded when it came back ended the process, because its sagas could not recover.
  { seed: 609, steps: 6_000 },
];

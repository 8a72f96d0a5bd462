import type { SeedTask } from './seed-worker';

/**
 * Seeds that once failed, with the steps that they failed within; they run before all others, here and in the tests. A change of
 * the simulation itself changes what a seed does, so each names what it found: plant that bug again to find its seed anew.
 */
export const REGRESSIONS: readonly SeedTask[] = [
  // A remote pivot rode and was lost after its fills were applied; an operator then undid the legs (`a pivot that rides`).
  { seed: 216, steps: 6_000 },
  { seed: 472, steps: 6_000 },
  // Orders traded whose time had passed while risk was asked, and with orders that no clock had looked at (`orders that nobody looks after`).
  { seed: 21, steps: 6_000 },
  { seed: 28, steps: 6_000 },
  // A hold stayed at a former price, because its lowering came after the next replacement had raised it.
  { seed: 2680, steps: 6_000 },
];

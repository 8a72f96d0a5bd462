/**
 * The long run beside the short one of the tests: `npm run twin [-- OPERATIONS [SEED]]`, 2,000,000 operations unless said
 * otherwise: calls of every kind on whole engines with their answers compared one by one, and a fifth as many on books alone in
 * worlds of odd numbers. All states are compared after every 100. Exits with 1 and names world, seed and call at the first
 * difference.
 */
import { ENGINE_WORLDS, EngineTwin } from './engine-twin';
import { TwinRun } from './twin-run';
import { TWIN_WORLDS } from './twin-worlds';

const OPERATIONS_DEFAULT = 2_000_000;
const BOOK_SHARE = 1 / 5;
const CALLS_PER_COMPARISON = 100;

const [operations = OPERATIONS_DEFAULT, seed] = process.argv.slice(2).map(Number);
if (!(Number.isSafeInteger(operations) && operations > 0 && Number.isSafeInteger(seed ?? 0))) {
  console.error('Usage: npm run twin [-- OPERATIONS [SEED]]');
  process.exit(2);
}

for (const world of ENGINE_WORLDS) {
  const twins = new EngineTwin(world, seed);
  const calls = Math.ceil(operations / ENGINE_WORLDS.length);
  report(`engine of ${world.name}`, seed ?? world.seed, calls, () => {
    twins.run(calls);
    return twins.naive.book.stateHash();
  });
}
for (const world of TWIN_WORLDS) {
  const twins = new TwinRun(world, seed);
  const calls = Math.ceil((operations * BOOK_SHARE) / TWIN_WORLDS.length);
  report(`book of ${world.name}`, seed ?? world.seed, calls, () => {
    twins.run(calls, CALLS_PER_COMPARISON);
    return twins.matched.stateHash();
  });
}
console.log('the library and its naive twin agree');

function report(what: string, usedSeed: number, calls: number, run: () => string): void {
  const startedMs = performance.now();
  const hash = run();
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  const comparisons = Math.floor(calls / CALLS_PER_COMPARISON);
  console.log(
    `${what}, seed ${usedSeed}: ${calls} operations, ${comparisons} equal states, last ${hash} (${seconds} s)`,
  );
}

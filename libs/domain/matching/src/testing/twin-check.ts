/**
 * The long run beside the short one of the tests: `npm run twin [-- OPERATIONS [SEED]]`, 2,000,000 operations unless said
 * otherwise, spread over all worlds, with the state hashes of all books compared after every 100. Exits with 1 and names the
 * world, seed and call at the first difference.
 */
import { TwinRun } from './twin-run';
import { TWIN_WORLDS } from './twin-worlds';

const OPERATIONS_DEFAULT = 2_000_000;
const CALLS_PER_COMPARISON = 100;

const operations = Number(process.argv[2] ?? OPERATIONS_DEFAULT);
const seed = process.argv[3] === undefined ? undefined : Number(process.argv[3]);
const perWorld = Math.ceil(operations / TWIN_WORLDS.length);

for (const world of TWIN_WORLDS) {
  const startedMs = performance.now();
  const twins = new TwinRun(world, seed ?? world.seed);
  twins.run(perWorld, CALLS_PER_COMPARISON);
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  const comparisons = Math.floor(perWorld / CALLS_PER_COMPARISON);
  console.log(
    `${world.name}, seed ${seed ?? world.seed}: ${perWorld} operations, ${comparisons} equal states, last ${twins.matched.stateHash()} (${seconds} s)`,
  );
}
console.log(`the book and its naive twin agree on ${perWorld * TWIN_WORLDS.length} operations`);

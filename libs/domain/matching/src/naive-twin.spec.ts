import { TwinRun } from './testing/twin-run';
import { TWIN_WORLDS } from './testing/twin-worlds';

const OPERATIONS = 5_000;
const CALLS_PER_COMPARISON = 20;

describe('the book and its naive twin', () => {
  it.each(TWIN_WORLDS)('agree on every fill and on the state of many random calls: $name', (world) => {
    const twins = new TwinRun(world);
    twins.run(OPERATIONS, CALLS_PER_COMPARISON);
    expect(twins.matched.stateHash()).toBe(twins.naive.stateHash());
    expect(twins.matched.orderCount).toBe(twins.naive.orderCount);
    expect(twins.matched.snapshot()).toEqual(twins.evolved.snapshot());
  });
});

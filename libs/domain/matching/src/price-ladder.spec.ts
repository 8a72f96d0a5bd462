import { NONE } from './order-pool';
import { PriceLadder } from './price-ladder';
import { BLOCK_LEVELS_MAX } from './rung-store';
import { SeededRandom } from './testing/seeded-random';

/** `expect` only on a difference: a hundred thousand of them would take seconds. */
function same(actual: number, expected: number | undefined): void {
  if (actual !== expected) expect(actual).toBe(expected);
}

/** A ladder beside a plain map: level = a number of its own, and the worse neighbour found by looking at all ranks. */
class Checked {
  readonly ladder = new PriceLadder();
  readonly ranks = new Map<number, number>();
  private nextLevel = 0;

  toggle(rank: number): void {
    const level = this.ranks.get(rank);
    same(this.ladder.seek(rank), level ?? NONE);
    if (level === undefined) {
      this.ladder.insert(rank, this.nextLevel);
      this.ranks.set(rank, this.nextLevel++);
    } else {
      this.ladder.remove();
      this.ranks.delete(rank);
    }
  }

  expectWhole(): void {
    const sorted = [...this.ranks.keys()].sort((a, b) => a - b);
    expect(this.ladder.size).toBe(sorted.length);
    sorted.forEach((rank, i) => {
      same(this.ladder.seek(rank), this.ranks.get(rank));
      same(this.ladder.worseNeighbour(), i === 0 ? NONE : this.ranks.get(sorted[i - 1] as number));
      this.ladder.seek(rank + 0.5);
      same(this.ladder.worseNeighbour(), this.ranks.get(rank));
    });
  }
}

const orders: [string, (i: number) => number][] = [
  ['ascending', (i) => i],
  ['descending', (i) => -i],
  ['from both ends', (i) => (i % 2 === 0 ? i : -i)],
  ['jumping', (i) => (i * 7_919) % 2_003],
];

describe('price ladder', () => {
  it.each(orders)('holds 2,000 ranks that came %s, and gives them back', (_, rankAt) => {
    const checked = new Checked();
    for (let i = 0; i < 2_000; i++) checked.toggle(rankAt(i));
    checked.expectWhole();
    for (let i = 0; i < 2_000; i += 2) checked.toggle(rankAt(i));
    checked.expectWhole();
    for (let i = 1; i < 2_000; i += 2) checked.toggle(rankAt(i));
    expect(checked.ladder.size).toBe(0);
    checked.toggle(5);
    checked.expectWhole();
  });

  it('keeps no empty block beside full ones', () => {
    const checked = new Checked();
    for (let rank = 0; rank < 3 * BLOCK_LEVELS_MAX; rank++) checked.toggle(rank);
    for (let rank = 0; rank < BLOCK_LEVELS_MAX; rank++) checked.toggle(rank);
    checked.expectWhole();
  });

  it('stays whole while it swells and shrinks at random', () => {
    const random = new SeededRandom(5);
    const checked = new Checked();
    for (const span of [50, 3_000, 400, 6_000, 10]) {
      for (let i = 0; i < 4_000; i++) checked.toggle(random.below(span) - span / 2);
      checked.expectWhole();
    }
  });
});

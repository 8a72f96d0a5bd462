import { seededRandom } from '@clearway/testing';

/** What faults draw from: the same seed draws the same faults, targets and lengths. */
export class SeededRandom {
  private readonly unit: () => number;

  constructor(seed: number) {
    this.unit = seededRandom(seed);
  }

  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.unit() * (max - min + 1));
  }

  /** One of a list that is not empty. */
  pick<Each>(list: readonly Each[]): Each {
    return list[this.whole(0, list.length - 1)] as Each;
  }

  /** Some of a list, at least `min` of them, in a new order. */
  some<Each>(list: readonly Each[], min: number): Each[] {
    return this.shuffled(list).slice(0, this.whole(min, list.length));
  }

  /** The list in a new order. */
  shuffled<Each>(list: readonly Each[]): Each[] {
    const left = [...list];
    return list.map(() => left.splice(this.whole(0, left.length - 1), 1)[0] as Each);
  }

  /** True in so many of a hundred cases. */
  percent(chance: number): boolean {
    return this.whole(1, 100) <= chance;
  }
}

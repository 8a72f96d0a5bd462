import { OrderIndex } from './order-index';
import { NONE } from './order-pool';
import { SeededRandom } from './testing/seeded-random';

const strides: [string, number][] = [
  ['1', 1],
  ['2^20', 2 ** 20],
  ['2^32', 2 ** 32],
  ['2^40 + 2^8', 2 ** 40 + 2 ** 8],
];

describe('order index', () => {
  it.each(strides)('agrees with a Map while ids %s apart come and go', (_, stride) => {
    const random = new SeededRandom(3);
    const index = new OrderIndex(16);
    const map = new Map<number, number>();
    for (let i = 0; i < 20_000; i++) {
      const id = (1 + random.below(4_000)) * stride;
      if (index.get(id) !== (map.get(id) ?? NONE)) throw new Error(`call ${i} finds id ${id} elsewhere`);
      if (map.has(id)) {
        index.remove(id);
        map.delete(id);
      } else {
        index.add(id, i);
        map.set(id, i);
      }
    }
    expect(index.size).toBe(map.size);
    for (const [id, slot] of map) expect(index.get(id)).toBe(slot);
  });

  it('finds the ids at both ends of the range', () => {
    const index = new OrderIndex(1);
    index.add(1, 10);
    index.add(Number.MAX_SAFE_INTEGER, 11);
    expect([index.get(1), index.get(Number.MAX_SAFE_INTEGER), index.get(2)]).toEqual([10, 11, NONE]);
  });
});

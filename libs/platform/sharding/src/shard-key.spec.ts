import { shardIdOf, shardIndexIn, shardIndexOf } from './shard-key';

describe('shardIndexOf', () => {
  it('never changes: journals lie where it said', () => {
    const keys = ['AMZN', 'MSFT', 'BTC', 'alice.main', 'bob.main', 'maker-1.main', ''];
    expect(keys.map((key) => shardIndexOf(key, 4))).toMatchInlineSnapshot(`
[
  0,
  2,
  3,
  3,
  3,
  0,
  3,
]
`);
    expect(keys.map((key) => shardIndexOf(key, 1))).toEqual(keys.map(() => 0));
  });

  it.each([2, 3, 8, 64])('spreads accounts evenly over %d shards', (shardCount) => {
    const perShard = Array.from({ length: shardCount }, () => 0);
    const keys = shardCount * 1_000;
    for (let number = 0; number < keys; number += 1) {
      const index = shardIndexOf(`member-${number}.main`, shardCount);
      perShard[index] = (perShard[index] ?? 0) + 1;
    }
    for (const count of perShard) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});

describe('shard ids', () => {
  it('are read only as they are written', () => {
    expect(shardIndexIn('risk', shardIdOf('risk', 12))).toBe(12);
    for (const id of ['risk/', 'risk/01', 'risk/64', 'risk/1/2', 'trading/1', 'risk/-1', 'risk/1 '])
      expect(shardIndexIn('risk', id)).toBeUndefined();
  });
});

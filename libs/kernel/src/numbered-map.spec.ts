import fc from 'fast-check';
import { NumberedMap } from './numbered-map';

const number = fc.oneof(
  fc.nat(3_000),
  fc.constantFrom(2 ** 31, 2 ** 31 + 1, 2 ** 40, Number.MAX_SAFE_INTEGER),
);
const step = fc.record({ number, isSet: fc.boolean() });

describe('NumberedMap', () => {
  it('holds what a Map would, whatever is set and deleted', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const own = new NumberedMap<{ readonly at: number }>();
        const plain = new Map<number, { readonly at: number }>();
        for (const [at, { number: key, isSet }] of steps.entries()) {
          if (isSet) {
            own.set(key, { at });
            plain.set(key, { at });
          } else expect(own.delete(key)).toBe(plain.delete(key));
          expect(own.size).toBe(plain.size);
          expect(own.get(key)).toEqual(plain.get(key));
          expect(own.has(key)).toBe(plain.has(key));
        }
        const sorted = [...plain].sort(([a], [b]) => a - b);
        expect([...own].sort(([a], [b]) => a - b)).toEqual(sorted);
        expect([...own.keys()].sort((a, b) => a - b)).toEqual(sorted.map(([key]) => key));
        expect([...own.values()]).toHaveLength(plain.size);
      }),
    );
  });

  it('gives ascending numbers back ascending, after the oldest have gone', () => {
    const map = new NumberedMap<{ readonly number: number }>();
    for (let each = 1; each <= 5_000; each++) map.set(each, { number: each });
    for (let each = 1; each <= 3_000; each++) map.delete(each);
    const numbers = [...map.values()].map((value) => value.number);
    expect(numbers).toEqual(Array.from({ length: 2_000 }, (_, index) => 3_001 + index));
  });

  it('may lose entries while it is walked', () => {
    const map = new NumberedMap<{ readonly number: number }>();
    for (let each = 0; each < 2_500; each++) map.set(each, { number: each });
    for (const each of map.keys()) map.delete(each);
    expect(map.size).toBe(0);
    expect([...map]).toEqual([]);
  });
});

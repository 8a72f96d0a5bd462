import fc from 'fast-check';
import { NumberedMap } from './numbered-map';
import { wholePlain } from './plain';

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

  it('is cut at one moment, whatever changes while the cut is read', () => {
    const change = fc.record({
      number: fc.oneof(fc.nat(3_000), fc.constantFrom(2 ** 31, 2 ** 40)),
      kind: fc.constantFrom('set', 'delete', 'change', 'read'),
    });
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 60 }),
        fc.array(change, { maxLength: 60 }),
        (before, after) => {
          const map = new NumberedMap<{ value: number }>();
          let next = 0;
          const apply = ({ number, kind }: { number: number; kind: string }): void => {
            if (kind === 'set') map.set(number, { value: ++next });
            if (kind === 'delete') map.delete(number);
            const entry = map.get(number);
            if (kind === 'change' && entry) entry.value = ++next;
          };
          before.forEach(apply);
          const expected = [...map].sort(([a], [b]) => a - b).map(([number, { value }]) => [number, value]);
          const cut = map.cut(({ value }, number) => [number, value]);
          const items = cut.items[Symbol.iterator]();
          const seen: unknown[] = [];
          for (const each of after) {
            if (each.kind !== 'read') apply(each);
            else {
              const { value, done } = items.next();
              if (!done) seen.push(value);
            }
          }
          for (let item = items.next(); !item.done; item = items.next()) seen.push(item.value);
          cut.release();
          expect(cut.length).toBe(expected.length);
          expect(seen).toEqual(expected);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('makes nothing for a cut that was released, read to its end or not', () => {
    const map = new NumberedMap<{ readonly number: number }>();
    for (let each = 0; each < 10; each++) map.set(each, { number: each });
    let made = 0;
    const cut = map.cut(() => ++made);
    const other = map.cut(({ number }) => number);
    map.get(3);
    expect(made).toBe(1);
    cut.release();
    map.get(4);
    expect(made).toBe(1);
    expect(wholePlain(other)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('may lose entries while it is walked', () => {
    const map = new NumberedMap<{ readonly number: number }>();
    for (let each = 0; each < 2_500; each++) map.set(each, { number: each });
    for (const each of map.keys()) map.delete(each);
    expect(map.size).toBe(0);
    expect([...map]).toEqual([]);
  });
});

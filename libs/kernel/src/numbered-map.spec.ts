import fc from 'fast-check';
import { NumberedMap } from './numbered-map';
import { type Plain, type PlainList, type PlainPage, wholePlain } from './plain';

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
    const rounds = fc.array(fc.array(change, { maxLength: 60 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(rounds, ([before = [], ...others]) => {
        const map = new NumberedMap<{ value: number }>();
        let next = 0;
        const apply = ({ number, kind }: { number: number; kind: string }): void => {
          if (kind === 'set') map.set(number, { value: ++next });
          if (kind === 'delete') map.delete(number);
          const entry = kind === 'set' || kind === 'delete' ? undefined : map.get(number);
          if (kind === 'change' && entry) entry.value = ++next;
        };
        const itemOf = ({ value }: { value: number }, number: number): Plain => [number, value];
        before.forEach(apply);
        for (const changes of others) {
          const expected = [...map].sort(([a], [b]) => a - b).map(([number, { value }]) => [number, value]);
          const cut = map.cut(itemOf);
          const items = writing(cut);
          const seen: unknown[] = [];
          for (const each of changes) {
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
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('makes the items of those pages again that somebody asked for, and all of them for other items', () => {
    const map = new NumberedMap<{ readonly number: number }>();
    for (let each = 0; each < 5_000; each++) map.set(each, { number: each });
    let made = 0;
    const itemOf = ({ number }: { readonly number: number }): Plain => {
      made += 1;
      return number;
    };
    const written = (of: typeof itemOf): unknown[] => {
      made = 0;
      const cut = map.cut(of);
      const items = [...writing(cut)];
      cut.release();
      return items;
    };
    const all = written(itemOf);
    expect(made).toBe(5_000);
    expect(map.has(4_000)).toBe(true);
    expect(written(itemOf)).toEqual(all);
    expect(made).toBe(0);
    map.get(1_500);
    map.delete(3_000);
    map.set(5_000, { number: 5_000 });
    expect(written(itemOf)).toEqual([...all.filter((each) => each !== 3_000), 5_000]);
    expect(made).toBe(1_024 + 1_023 + 905);
    expect(written((entry) => itemOf(entry))).toHaveLength(5_000);
    expect(made).toBe(5_000);
  });

  it('does not give the items of a page whose bytes are known once somebody may have changed one', () => {
    const map = new NumberedMap<{ readonly number: number }>();
    map.set(1, { number: 1 });
    const itemOf = ({ number }: { readonly number: number }): Plain => number;
    expect([...writing(map.cut(itemOf))]).toEqual([1]);
    const cut = map.cut(itemOf);
    map.get(1);
    expect(() => wholePlain(cut)).toThrow('only the bytes are known');
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

/** Reads a cut as a writer does: item by item, and the bytes where they are known. */
function* writing({ items }: PlainList): Generator<unknown, undefined> {
  for (const { items: ofPage, written } of items as Iterable<PlainPage>) {
    if (written.bytes === undefined) {
      const made: Plain[] = [];
      for (const item of ofPage) {
        made.push(item);
        yield item;
      }
      written.bytes = Buffer.from(JSON.stringify(made));
    } else yield* JSON.parse(Buffer.from(written.bytes).toString()) as Plain[];
  }
  return undefined;
}

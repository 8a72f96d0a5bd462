import { CompactRange } from './compact-range';
import { hashesEqual, leafHash } from './merkle-hash';
import { firstMismatch, planRange, RangeNodes, rangeRoot } from './merkle-range';
import { NodeMemory } from './node-memory';

const leaf = (i: number): Uint8Array => leafHash(Buffer.from(`${i}`));

function tree(size: number) {
  const memory = new NodeMemory();
  const range = new CompactRange();
  for (let i = 0; i < size; i++) range.append(leaf(i), memory.sink);
  return { hashAt: memory.hashAt, root: range.root() };
}

/** What an export of [from, to) holds: its own nodes, and those outside. */
function exported(from: number, to: number, size: number) {
  const { hashAt, root } = tree(size);
  const range = { from, to, size };
  const recorded = new Map<string, Uint8Array>();
  const nodes = new RangeNodes(from);
  for (let i = from; i < to; i++)
    for (const { level, index, hash } of nodes.append(leaf(i))) recorded.set(`${level}/${index}`, hash);
  const outside = new Map(
    planRange(range).map(({ level, index }) => [`${level}/${index}`, hashAt(level, index)]),
  );
  return {
    range,
    rootHash: root,
    recorded: (level: number, index: number) => recorded.get(`${level}/${index}`),
    outside: (level: number, index: number) => outside.get(`${level}/${index}`),
    set: (level: number, index: number, hash: Uint8Array) => recorded.set(`${level}/${index}`, hash),
  };
}

it('leads from every range of every small tree to its root, and to no other when a leaf differs', () => {
  for (let size = 1; size <= 20; size++) {
    for (let from = 0; from < size; from++) {
      for (let to = from + 1; to <= size; to++) {
        const file = exported(from, to, size);
        const outside = (level: number, index: number) => file.outside(level, index) as Uint8Array;
        expect(hashesEqual(rangeRoot(file.range, leaf, outside), file.rootHash)).toBe(true);
        expect(firstMismatch({ ...file, leafHashAt: leaf })).toBeNull();
        for (let bad = from; bad < to; bad++) {
          const leafHashAt = (i: number) => (i === bad || i === to - 1 ? leaf(-1) : leaf(i));
          expect(firstMismatch({ ...file, leafHashAt })).toEqual({ begin: bad, end: bad + 1 });
        }
      }
    }
  }
});

it('names the interval that is still certain where the recorded hashes were changed as well', () => {
  const file = exported(0, 100, 100);
  const leafHashAt = (i: number) => (i === 41 ? leaf(-1) : leaf(i));
  file.set(0, 41, leaf(-1));
  expect(firstMismatch({ ...file, leafHashAt })).toEqual({ begin: 40, end: 42 });
  file.set(1, 20, leaf(-2));
  expect(firstMismatch({ ...file, leafHashAt })).toEqual({ begin: 40, end: 44 });
  file.set(6, 0, leaf(-3));
  expect(firstMismatch({ ...file, leafHashAt })).toEqual({ begin: 0, end: 100 });
});

it('needs few nodes and refuses ranges outside the tree', () => {
  expect(planRange({ from: 123_457, to: 123_458, size: 1_000_003 }).length).toBeLessThan(45);
  expect(() => planRange({ from: 0, to: 11, size: 10 })).toThrow(RangeError);
  expect(() => planRange({ from: 3, to: 2, size: 10 })).toThrow(RangeError);
});

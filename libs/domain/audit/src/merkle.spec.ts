import fc from 'fast-check';
import { CompactRange } from './compact-range';
import { emptyRoot, HASH_BYTES, leafHash, nodeHash } from './merkle-hash';
import {
  consistencyProof,
  hashAtFromLeaves,
  inclusionProof,
  placesOf,
  planConsistency,
  planInclusion,
  rootAt,
} from './merkle-proof';
import { verifyConsistency, verifyInclusion } from './merkle-verify';
import { NodeMemory } from './node-memory';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

// The reference leaves of the Certificate Transparency test suites, and the root after 0, 1 … 8 of them.
const REFERENCE_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((data) => leafHash(unhex(data)));
const REFERENCE_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

// RFC 6962 §2.1, written down as it stands there: slow, recursive, obviously right.
function naiveSplit(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return emptyRoot();
  if (leaves.length === 1) return leaves.at(0) as Uint8Array;
  const k = naiveSplit(leaves.length);
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}
function naivePath(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  const k = naiveSplit(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return m < k ? [...naivePath(m, left), naiveRoot(right)] : [...naivePath(m - k, right), naiveRoot(left)];
}
function naiveProof(m: number, leaves: readonly Uint8Array[], isWhole = true): Uint8Array[] {
  if (m === leaves.length) return isWhole ? [] : [naiveRoot(leaves)];
  const k = naiveSplit(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return m <= k
    ? [...naiveProof(m, left, isWhole), naiveRoot(right)]
    : [...naiveProof(m - k, right, false), naiveRoot(left)];
}

function concat(hashes: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(hashes));
}
function numberedLeaves(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));
}
function readerOf(leaves: readonly Uint8Array[]) {
  return hashAtFromLeaves((index) => leaves.at(index) as Uint8Array);
}
function flipped(hash: Uint8Array): Uint8Array {
  const copy = hash.slice();
  copy[7] = (copy.at(7) ?? 0) ^ 1;
  return copy;
}

describe('reference vectors', () => {
  it.each(REFERENCE_ROOTS.map((root, size) => ({ size, root })))('root of $size leaves', ({ size, root }) => {
    const range = new CompactRange();
    range.appendMany(concat(REFERENCE_LEAVES.slice(0, size)));
    expect(hex(range.root())).toBe(root);
    expect(hex(rootAt(size, readerOf(REFERENCE_LEAVES)))).toBe(root);
  });

  it.each([
    { index: 0, size: 1, proof: [] },
    { index: 2, size: 3, proof: ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'] },
    {
      index: 1,
      size: 5,
      proof: [
        '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    },
    {
      index: 5,
      size: 8,
      proof: [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    },
  ])('inclusion of leaf $index in $size', ({ index, size, proof }) => {
    expect(inclusionProof(index, size, readerOf(REFERENCE_LEAVES)).map(hex)).toEqual(proof);
  });

  it.each([
    { first: 1, second: 1, proof: [] },
    {
      first: 2,
      second: 5,
      proof: [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    },
    {
      first: 6,
      second: 8,
      proof: [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    },
  ])('consistency from $first to $second', ({ first, second, proof }) => {
    expect(consistencyProof(first, second, readerOf(REFERENCE_LEAVES)).map(hex)).toEqual(proof);
  });
});

describe('against the recursive definition', () => {
  const leaves = numberedLeaves(70);
  const memory = new NodeMemory();
  const range = new CompactRange();
  range.appendMany(concat(leaves), memory.sink);

  it('every inclusion proof of every size is the one of the RFC and verifies', () => {
    for (let size = 1; size <= 40; size++) {
      const tree = leaves.slice(0, size);
      const rootHash = naiveRoot(tree);
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(index, size, memory.hashAt);
        expect(proof.map(hex)).toEqual(naivePath(index, tree).map(hex));
        const claim = { leafHash: leaves.at(index) as Uint8Array, index, size, proof, rootHash };
        expect(verifyInclusion(claim)).toBe(true);
      }
    }
  });

  it('every consistency proof of every pair of sizes is the one of the RFC and verifies', () => {
    for (let secondSize = 1; secondSize <= 40; secondSize++) {
      for (let firstSize = 1; firstSize <= secondSize; firstSize++) {
        const proof = consistencyProof(firstSize, secondSize, memory.hashAt);
        expect(proof.map(hex)).toEqual(naiveProof(firstSize, leaves.slice(0, secondSize)).map(hex));
        const firstRootHash = naiveRoot(leaves.slice(0, firstSize));
        const secondRootHash = naiveRoot(leaves.slice(0, secondSize));
        expect(verifyConsistency({ firstSize, firstRootHash, secondSize, secondRootHash, proof })).toBe(true);
      }
    }
  });

  it('a frontier fed in any batches, saved and restored in between, has the root of the RFC', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 14 }), (batches) => {
        let frontier = new CompactRange();
        const fed: Uint8Array[] = [];
        for (const count of batches) {
          const batch = numberedLeaves(fed.length + count).slice(fed.length);
          frontier.appendMany(concat(batch));
          fed.push(...batch);
          frontier = CompactRange.fromState(frontier.toState());
          expect(hex(frontier.root())).toBe(hex(naiveRoot(fed)));
        }
        expect(frontier.size).toBe(fed.length);
      }),
    );
  });

  it('no changed inclusion claim verifies', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 70 }), fc.nat(), fc.nat(), (size, seed, spot) => {
        const index = seed % size;
        const proof = inclusionProof(index, size, memory.hashAt);
        const at = spot % proof.length;
        const good = {
          leafHash: leaves.at(index) as Uint8Array,
          index,
          size,
          proof,
          rootHash: naiveRoot(leaves.slice(0, size)),
        };
        const bad = [
          { ...good, leafHash: flipped(good.leafHash) },
          { ...good, rootHash: flipped(good.rootHash) },
          { ...good, proof: proof.map((hash, i) => (i === at ? flipped(hash) : hash)) },
          { ...good, proof: proof.slice(1) },
          { ...good, proof: proof.slice(0, -1) },
          { ...good, proof: [...proof, proof.at(at) as Uint8Array] },
          { ...good, proof: proof.map((hash, i) => (i === at ? hash.slice(1) : hash)) },
          { ...good, index: (index + 1) % size },
          { ...good, index: size },
          { ...good, size: size * 2 },
          { ...good, index: -1 },
          { ...good, index: 0.5 },
        ];
        expect(verifyInclusion(good)).toBe(true);
        expect(bad.map(verifyInclusion)).toEqual(bad.map(() => false));
      }),
    );
  });

  it('no changed consistency claim verifies', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 70 }), fc.nat(), fc.nat(), (secondSize, seed, spot) => {
        const firstSize = 1 + (seed % (secondSize - 1));
        const proof = consistencyProof(firstSize, secondSize, memory.hashAt);
        const at = spot % proof.length;
        const firstRootHash = rootAt(firstSize, memory.hashAt);
        const secondRootHash = rootAt(secondSize, memory.hashAt);
        const good = { firstSize, firstRootHash, secondSize, secondRootHash, proof };
        const bad = [
          { ...good, firstRootHash: flipped(firstRootHash) },
          { ...good, secondRootHash: flipped(secondRootHash) },
          { ...good, proof: proof.map((hash, i) => (i === at ? flipped(hash) : hash)) },
          { ...good, proof: proof.slice(1) },
          { ...good, proof: proof.slice(0, -1) },
          { ...good, proof: [...proof, proof.at(at) as Uint8Array] },
          { ...good, firstSize: secondSize },
          { ...good, firstSize: secondSize + 1 },
          { ...good, firstSize: 0 },
          { ...good, secondSize: secondSize * 2 },
          { ...good, proof: [] },
        ];
        expect(verifyConsistency(good)).toBe(true);
        expect(bad.map(verifyConsistency)).toEqual(bad.map(() => false));
      }),
    );
  });
});

describe('edges', () => {
  it('anything follows the empty tree, and equal trees need no proof', () => {
    const root = leafHash(unhex('00'));
    const claim = {
      firstSize: 0,
      firstRootHash: emptyRoot(),
      secondSize: 1,
      secondRootHash: root,
      proof: [],
    };
    expect(planConsistency(0, 5)).toEqual([]);
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, firstRootHash: root })).toBe(false);
    expect(verifyConsistency({ ...claim, proof: [root] })).toBe(false);
    expect(verifyConsistency({ ...claim, firstSize: 1, firstRootHash: root })).toBe(true);
    expect(verifyConsistency({ ...claim, firstSize: 1 })).toBe(false);
  });

  it('refuses a proof that goes on above the root, whatever root it leads to', () => {
    const [left, right] = REFERENCE_LEAVES as [Uint8Array, Uint8Array];
    const above = nodeHash(left, right);
    expect(verifyInclusion({ leafHash: right, index: 0, size: 1, proof: [left], rootHash: above })).toBe(
      false,
    );
    const hashAt = readerOf(REFERENCE_LEAVES);
    const claim = {
      firstSize: 3,
      firstRootHash: nodeHash(left, rootAt(3, hashAt)),
      secondSize: 4,
      secondRootHash: nodeHash(left, rootAt(4, hashAt)),
      proof: [...consistencyProof(3, 4, hashAt), left],
    };
    expect(verifyConsistency(claim)).toBe(false);
  });

  it('a hash of another length is never a node, and never verifies', () => {
    const [left, right] = REFERENCE_LEAVES as [Uint8Array, Uint8Array];
    expect(() => nodeHash(left, right.slice(1))).toThrow(RangeError);
    const root = nodeHash(left, right);
    const long = new Uint8Array(40);
    const claim = { firstSize: 1, firstRootHash: left, secondSize: 2, secondRootHash: root, proof: [right] };
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, firstRootHash: long })).toBe(false);
    expect(verifyConsistency({ ...claim, proof: [long] })).toBe(false);
    expect(verifyInclusion({ leafHash: long, index: 0, size: 2, proof: [right], rootHash: root })).toBe(
      false,
    );
  });

  it('plans stay exact at sizes beyond 32 bits and ask for each node once', () => {
    const size = 2 ** 52 + 2 ** 33 + 5;
    for (const index of [0, 2 ** 33 + 1, 2 ** 52 - 1, 2 ** 52, size - 1]) {
      const places = placesOf(planInclusion(index, size));
      const covered = places.reduce((sum, { level }) => sum + 2 ** level, 0);
      expect(covered).toBe(size - 1);
      expect(new Set(places.map(({ level, index: at }) => `${level}/${at}`)).size).toBe(places.length);
      expect(places.every((place) => Number.isSafeInteger(place.index))).toBe(true);
    }
    expect(planConsistency(2 ** 52, size).length).toBeGreaterThan(0);
  });

  it('asking for a proof outside the tree is a bug', () => {
    const hashAt = readerOf(REFERENCE_LEAVES);
    expect(() => inclusionProof(8, 8, hashAt)).toThrow(RangeError);
    expect(() => inclusionProof(0, 0, hashAt)).toThrow(RangeError);
    expect(() => inclusionProof(0.5, 8, hashAt)).toThrow(RangeError);
    expect(() => consistencyProof(9, 8, hashAt)).toThrow(RangeError);
    expect(() => rootAt(-1, hashAt)).toThrow(RangeError);
  });

  it('refuses partial hashes and frontiers that do not fit their size', () => {
    const range = new CompactRange();
    expect(() => range.append(new Uint8Array(31))).toThrow(RangeError);
    expect(() => range.appendMany(new Uint8Array(33))).toThrow(RangeError);
    expect(() => CompactRange.fromState({ size: 3, peaks: new Uint8Array(HASH_BYTES) })).toThrow(RangeError);
    expect(() => CompactRange.fromState({ size: 3, peaks: new Uint8Array(3 * HASH_BYTES) })).toThrow(
      RangeError,
    );
    expect(() => CompactRange.fromState({ size: 0, peaks: new Uint8Array(1) })).toThrow(RangeError);
    expect(() => CompactRange.fromState({ size: -1, peaks: new Uint8Array(0) })).toThrow(RangeError);
  });

  it('keeps its own copy of what it was fed', () => {
    const fed = concat(REFERENCE_LEAVES.slice(0, 3));
    const range = new CompactRange();
    range.appendMany(fed);
    range.root().fill(0);
    fed.fill(0);
    expect(hex(range.root())).toBe(REFERENCE_ROOTS[3]);
  });

  it('node memory takes each node once, in order', () => {
    const memory = new NodeMemory();
    memory.sink(0, 0, emptyRoot());
    expect(() => memory.sink(0, 0, emptyRoot())).toThrow(RangeError);
    expect(() => memory.sink(0, 2, emptyRoot())).toThrow(RangeError);
    expect(() => memory.hashAt(0, 1)).toThrow(RangeError);
    expect(() => memory.hashAt(1, 0)).toThrow(RangeError);
  });

  it('node memory grows past its first block', () => {
    const memory = new NodeMemory();
    const range = new CompactRange();
    const leaves = numberedLeaves(2500);
    range.appendMany(concat(leaves), memory.sink);
    expect(hex(rootAt(2500, memory.hashAt))).toBe(hex(range.root()));
    expect(hex(memory.hashAt(0, 2499))).toBe(hex(leaves.at(2499) as Uint8Array));
  });
});

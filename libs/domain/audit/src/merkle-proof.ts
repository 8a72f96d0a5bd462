import { emptyRoot, nodeHash } from './merkle-hash';
import { half, isCount } from './tree-arithmetic';

/** The place of a complete node: it covers the leaves [index × 2^level, (index + 1) × 2^level). */
export interface NodePlace {
  readonly level: number;
  readonly index: number;
}

/** Reads the hash of a complete node. It is asked only for nodes inside the tree that the proof is about. */
export type HashAt = (level: number, index: number) => Uint8Array;

/**
 * What a proof consists of before any hash was read: for each proof element, from the leaf upwards, the complete nodes
 * (left to right) that fold into it. All but the elements at the right edge of the tree are a single node. A caller whose
 * nodes are in a database reads `placesOf(plan)` in one query and then calls `foldPlan` with what it got.
 */
export type ProofPlan = readonly (readonly NodePlace[])[];

/** The nodes of the inclusion proof (RFC 6962 §2.1.1) of leaf `index` in the tree of `size` leaves. Throws RangeError outside. */
export function planInclusion(index: number, size: number): ProofPlan {
  requireRange(index, 0, size - 1, 'leaf index');
  const plan: NodePlace[][] = [];
  let begin = 0;
  let end = size;
  while (end - begin > 1) {
    const middle = begin + splitPoint(end - begin);
    const goLeft = index < middle;
    plan.push(goLeft ? completeNodes(middle, end) : completeNodes(begin, middle));
    if (goLeft) end = middle;
    else begin = middle;
  }
  return plan.reverse();
}

/**
 * The nodes of the consistency proof (RFC 6962 §2.1.2) from the tree of `firstSize` to that of `secondSize` leaves. It is
 * empty when the sizes are equal or the first tree is empty, for then there is nothing to show. Throws RangeError when the
 * first is the larger.
 */
export function planConsistency(firstSize: number, secondSize: number): ProofPlan {
  requireRange(firstSize, 0, secondSize, 'first tree size');
  if (firstSize === 0 || firstSize === secondSize) return [];
  const plan: NodePlace[][] = [];
  let begin = 0;
  let end = secondSize;
  while (end !== firstSize) {
    const middle = begin + splitPoint(end - begin);
    const goLeft = firstSize <= middle;
    plan.push(goLeft ? completeNodes(middle, end) : completeNodes(begin, middle));
    if (goLeft) end = middle;
    else begin = middle;
  }
  // Only when the walk went right somewhere is the first tree's last subtree unknown to the verifier.
  if (begin > 0) plan.push(completeNodes(begin, end));
  return plan.reverse();
}

/** All nodes that a plan reads, in its order, each once (the parts of a proof never overlap). */
export function placesOf(plan: ProofPlan): NodePlace[] {
  return plan.flat();
}

/** Turns a plan into the proof itself: one 32-byte hash an element. Whatever `hashAt` throws passes through. */
export function foldPlan(plan: ProofPlan, hashAt: HashAt): Uint8Array[] {
  return plan.map((places) => foldPlaces(places, hashAt));
}

/** The inclusion proof of leaf `index` in the tree of `size` leaves, from the leaf's sibling up to the root's child. */
export function inclusionProof(index: number, size: number, hashAt: HashAt): Uint8Array[] {
  return foldPlan(planInclusion(index, size), hashAt);
}

/** The consistency proof between the trees of `firstSize` and `secondSize` leaves of one log. */
export function consistencyProof(firstSize: number, secondSize: number, hashAt: HashAt): Uint8Array[] {
  return foldPlan(planConsistency(firstSize, secondSize), hashAt);
}

/** The root of the tree of the first `size` leaves, from stored nodes: the root as of any moment in the past. */
export function rootAt(size: number, hashAt: HashAt): Uint8Array {
  requireRange(size, 0, Number.MAX_SAFE_INTEGER, 'tree size');
  return size === 0 ? emptyRoot() : foldPlaces(completeNodes(0, size), hashAt);
}

/**
 * A HashAt over leaf hashes alone, for small logs, tests and offline tools: inner nodes are computed anew on each call, so
 * a proof over n leaves costs O(n) hashes.
 */
export function hashAtFromLeaves(readLeafHash: (index: number) => Uint8Array): HashAt {
  const hashAt: HashAt = (level, index) =>
    level === 0
      ? readLeafHash(index)
      : nodeHash(hashAt(level - 1, index * 2), hashAt(level - 1, index * 2 + 1));
  return hashAt;
}

// The complete nodes, left to right, that the leaves [begin, end) fall into; begin is aligned to the first of them.
function completeNodes(begin: number, end: number): NodePlace[] {
  const places: NodePlace[] = [];
  for (let at = begin; at < end; ) {
    const level = floorLog2(end - at);
    const width = 2 ** level;
    places.push({ level, index: at / width });
    at += width;
  }
  return places;
}

function foldPlaces(places: readonly NodePlace[], hashAt: HashAt): Uint8Array {
  const hashes = places.map(({ level, index }) => hashAt(level, index));
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

// The largest power of two below n, for n ≥ 2 (k in RFC 6962 §2.1).
function splitPoint(n: number): number {
  return 2 ** floorLog2(n - 1);
}

// Math.log2 rounds up just below large powers of two, and sizes go to 2^53, so the exponent is counted exactly.
function floorLog2(n: number): number {
  let exponent = 0;
  for (let rest = n; rest >= 2; rest = half(rest)) exponent += 1;
  return exponent;
}

function requireRange(value: number, min: number, max: number, name: string): void {
  if (isCount(value) && Number.isSafeInteger(max) && value >= min && value <= max) return;
  throw new RangeError(`${name} ${value} is not within ${min}..${max}`);
}

import { emptyRoot, HASH_BYTES, hashesEqual, nodeHash } from './merkle-hash';
import type { HashAt, NodePlace } from './merkle-proof';
import { isCount } from './tree-arithmetic';

/** The leaves [from, to) of a tree of `size` leaves. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/** A hash that may not be known. */
export type MaybeHashAt = (level: number, index: number) => Uint8Array | undefined;

/** Where the first leaf that is not the signed one stands: in [begin, end); one leaf when the recorded nodes reach that far. */
export interface Mismatch {
  readonly begin: number;
  readonly end: number;
}

/**
 * The complete nodes, left to right, that all leaves outside the range fall into: O(log n) of them. With the leaves of the
 * range they give the root, so a part of a log can be checked as a whole, and not leaf by leaf. Throws RangeError for a range
 * that is not inside the tree.
 */
export function planRange({ from, to, size }: LeafRange): NodePlace[] {
  if (!isCount(from) || !isCount(to) || !isCount(size) || from > to || to > size)
    throw new RangeError(`leaves ${from} to ${to} are not within a tree of ${size}`);
  return [...alignedNodes(0, from), ...alignedNodes(to, size)];
}

/** The root of the tree, from the leaf hashes of a range and the nodes outside it (see planRange). */
export function rangeRoot(
  range: LeafRange,
  leafHashAt: (index: number) => Uint8Array,
  outside: HashAt,
): Uint8Array {
  return range.size === 0 ? emptyRoot() : rootBetween(range, leafHashAt, outside, 0, range.size);
}

/**
 * Finds the first leaf of a range that is not what was signed. It walks down from the signed root over the recorded inner
 * nodes and believes none of them before it hashes, with its sibling, to the node above: so the place it names is certain,
 * and where the recorded nodes are no longer genuine it names the interval that is. `leafHashAt` gives the leaf hashes as
 * computed now. Returns null when they lead to the signed root.
 */
export function firstMismatch(claim: {
  readonly range: LeafRange;
  readonly rootHash: Uint8Array;
  readonly leafHashAt: (index: number) => Uint8Array;
  readonly recorded: MaybeHashAt;
  readonly outside: MaybeHashAt;
}): Mismatch | null {
  const { range, rootHash, leafHashAt, recorded, outside } = claim;
  const known: HashAt = (level, index) => outside(level, index) ?? new Uint8Array(HASH_BYTES);
  const computed = (begin: number, end: number): Uint8Array =>
    rootBetween(range, leafHashAt, known, begin, end);
  const stated = (begin: number, end: number): Uint8Array | undefined =>
    statedBetween(range, recorded, outside, begin, end);
  if (range.size === 0) return null;
  if (hashesEqual(computed(0, range.size), rootHash)) return null;
  let [begin, end, trusted] = [0, range.size, rootHash];
  while (end - begin > 1) {
    const middle = begin + splitPoint(end - begin);
    const [left, right] = [stated(begin, middle), stated(middle, end)];
    if (left === undefined || right === undefined || !hashesEqual(nodeHash(left, right), trusted)) break;
    const goLeft = !hashesEqual(computed(begin, middle), left);
    [begin, end, trusted] = goLeft ? [begin, middle, left] : [middle, end, right];
  }
  return { begin: Math.max(begin, range.from), end: Math.min(end, range.to) };
}

/**
 * Gathers the complete nodes that lie wholly inside a range, as its leaves come in order: the leaf itself first, then each
 * node that it completes, from the bottom upwards.
 */
export class RangeNodes {
  readonly #lefts: ({ readonly index: number; readonly hash: Uint8Array } | undefined)[] = [];
  #next: number;

  constructor(from: number) {
    this.#next = from;
  }

  /** Takes the next leaf hash and gives it back with the nodes that it completes. */
  append(
    leafHash: Uint8Array,
  ): { readonly level: number; readonly index: number; readonly hash: Uint8Array }[] {
    const nodes = [{ level: 0, index: this.#next++, hash: leafHash }];
    for (let node = nodes[0]!; ; ) {
      const left = this.#lefts[node.level];
      this.#lefts[node.level] = node.index % 2 === 0 ? node : undefined;
      if (node.index % 2 === 0 || left?.index !== node.index - 1) return nodes;
      node = { level: node.level + 1, index: (node.index - 1) / 2, hash: nodeHash(left.hash, node.hash) };
      nodes.push(node);
    }
  }
}

function rootBetween(
  range: LeafRange,
  leafHashAt: (index: number) => Uint8Array,
  outside: HashAt,
  begin: number,
  end: number,
): Uint8Array {
  const width = end - begin;
  const isOutside = end <= range.from || begin >= range.to;
  if (isOutside && isPowerOfTwo(width)) return outside(Math.log2(width), begin / width);
  if (width === 1) return leafHashAt(begin);
  const middle = begin + splitPoint(width);
  return nodeHash(
    rootBetween(range, leafHashAt, outside, begin, middle),
    rootBetween(range, leafHashAt, outside, middle, end),
  );
}

function statedBetween(
  range: LeafRange,
  recorded: MaybeHashAt,
  outside: MaybeHashAt,
  begin: number,
  end: number,
): Uint8Array | undefined {
  const width = end - begin;
  const isOutside = end <= range.from || begin >= range.to;
  const isInside = begin >= range.from && end <= range.to;
  if (isPowerOfTwo(width)) {
    const known = isOutside ? outside : isInside ? recorded : undefined;
    if (known !== undefined) return known(Math.log2(width), begin / width);
  }
  const middle = begin + splitPoint(width);
  const left = statedBetween(range, recorded, outside, begin, middle);
  const right = statedBetween(range, recorded, outside, middle, end);
  return left === undefined || right === undefined ? undefined : nodeHash(left, right);
}

// The largest complete nodes that tile [begin, end), left to right, wherever it begins.
function alignedNodes(begin: number, end: number): NodePlace[] {
  const places: NodePlace[] = [];
  for (let at = begin; at < end; ) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level += 1;
    places.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return places;
}

function isPowerOfTwo(n: number): boolean {
  return splitPoint(n + 1) === n;
}

// The largest power of two below n; 1 for n = 2. Multiplied up, since Math.log2 is inexact for large n.
function splitPoint(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

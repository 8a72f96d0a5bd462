import { emptyRoot, HASH_BYTES, nodeHash, nodeHashInto } from './merkle-hash';

/** A size is a safe integer, so it has at most this many bits, each a level. */
const LEVELS_MAX = 53;

/**
 * Is told of every complete node the moment it comes into being, leaves (level 0) included, in the order in which they
 * become complete. Node (level, index) covers the leaves [index × 2^level, (index + 1) × 2^level) and never changes again,
 * so a store needs to keep only these to prove anything later (see HashAt). The hash is the caller's to keep.
 */
export type NodeSink = (level: number, index: number, hash: Uint8Array) => void;

/** The serialised frontier: the number of leaves, and the peaks left to right, 32 bytes each, concatenated. */
export interface CompactRangeState {
  readonly size: number;
  readonly peaks: Uint8Array;
}

/**
 * The frontier of an append-only RFC 6962 tree: the roots of the complete subtrees that its leaves fall into (one for each
 * set bit of the size, largest first). It holds O(log n) hashes, yet appends leaves and gives the root of the whole tree.
 */
export class CompactRange {
  // The complete subtree of 2^level leaves stands at level × 32, if bit `level` of the size is set.
  private readonly peaks = new Uint8Array(LEVELS_MAX * HASH_BYTES);
  // The node that is being carried upwards.
  private readonly node = new Uint8Array(HASH_BYTES);
  private leafCount = 0;

  /** The number of leaves appended so far. */
  get size(): number {
    return this.leafCount;
  }

  /** Appends one 32-byte leaf hash and reports each node that it completes. Amortised: one inner hash a leaf. */
  append(leaf: Uint8Array, sink?: NodeSink): void {
    requireWholeHashes(leaf, 1);
    this.push(leaf, 0, sink);
  }

  /** Appends n leaf hashes given as n × 32 concatenated bytes, in order. The input may be reused by the caller afterwards. */
  appendMany(leaves: Uint8Array, sink?: NodeSink): void {
    requireWholeHashes(leaves);
    for (let offset = 0; offset < leaves.length; offset += HASH_BYTES) this.push(leaves, offset, sink);
  }

  /** The Merkle tree hash over all leaves so far (RFC 6962 MTH); the hash of the empty string while there are none. */
  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (const level of this.levels()) {
      const peak = this.peakAt(level);
      root = root === undefined ? peak : nodeHash(peak, root);
    }
    return root ?? emptyRoot();
  }

  /** The frontier as plain data. The same leaves always give the same bytes. */
  toState(): CompactRangeState {
    const levels = this.levels().reverse();
    const bytes = new Uint8Array(levels.length * HASH_BYTES);
    for (const [i, level] of levels.entries()) bytes.set(this.peakAt(level), i * HASH_BYTES);
    return { size: this.leafCount, peaks: bytes };
  }

  /**
   * Rebuilds a frontier from plain data. Throws RangeError if the size is no safe count or the number of peaks is not the
   * one that the size demands, because a frontier that was cut short would go on to sign wrong roots.
   */
  static fromState({ size, peaks }: CompactRangeState): CompactRange {
    if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`compact range: bad size ${size}`);
    const range = new CompactRange();
    range.leafCount = size;
    const levels = range.levels();
    if (peaks.length !== levels.length * HASH_BYTES)
      throw new RangeError(`compact range: ${peaks.length} bytes of peaks do not fit size ${size}`);
    for (const [i, level] of levels.reverse().entries())
      range.peaks.set(peaks.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES), level * HASH_BYTES);
    return range;
  }

  /** The levels that have a peak, lowest first: the bits of the size. */
  private levels(): number[] {
    const levels: number[] = [];
    for (let level = 0, rest = this.leafCount; rest > 0; level++, rest = Math.floor(rest / 2))
      if (rest % 2 === 1) levels.push(level);
    return levels;
  }

  private peakAt(level: number): Uint8Array {
    return this.peaks.slice(level * HASH_BYTES, (level + 1) * HASH_BYTES);
  }

  private push(leaves: Uint8Array, offset: number, sink: NodeSink | undefined): void {
    const { peaks, node } = this;
    for (let i = 0; i < HASH_BYTES; i++) node[i] = leaves[offset + i] as number;
    let level = 0;
    let index = this.leafCount;
    sink?.(level, index, node.slice());
    while (index % 2 === 1) {
      nodeHashInto(peaks, level * HASH_BYTES, node, 0, node, 0);
      level += 1;
      index = (index - 1) / 2;
      sink?.(level, index, node.slice());
    }
    for (let i = 0; i < HASH_BYTES; i++) peaks[level * HASH_BYTES + i] = node[i] as number;
    this.leafCount += 1;
  }
}

function requireWholeHashes(bytes: Uint8Array, count = Math.floor(bytes.length / HASH_BYTES)): void {
  if (bytes.length !== count * HASH_BYTES)
    throw new RangeError(`not whole leaf hashes: ${bytes.length} bytes`);
}

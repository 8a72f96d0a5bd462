import { emptyRoot, HASH_BYTES, nodeHash } from './merkle-hash';

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
  // peaks[level] is the complete subtree of 2^level leaves, if bit `level` of the size is set.
  private readonly peaks: (Uint8Array | undefined)[] = [];
  private leafCount = 0;

  /** The number of leaves appended so far. */
  get size(): number {
    return this.leafCount;
  }

  /** Appends one 32-byte leaf hash and reports each node that it completes. Amortised: one inner hash a leaf. */
  append(leaf: Uint8Array, sink?: NodeSink): void {
    requireWholeHashes(leaf, 1);
    this.push(leaf.slice(), sink);
  }

  /** Appends n leaf hashes given as n × 32 concatenated bytes, in order. The input may be reused by the caller afterwards. */
  appendMany(leaves: Uint8Array, sink?: NodeSink): void {
    requireWholeHashes(leaves);
    for (let offset = 0; offset < leaves.length; offset += HASH_BYTES) {
      this.push(leaves.slice(offset, offset + HASH_BYTES), sink);
    }
  }

  /** The Merkle tree hash over all leaves so far (RFC 6962 MTH); the hash of the empty string while there are none. */
  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (const peak of this.peaks) {
      if (peak !== undefined) root = root === undefined ? peak : nodeHash(peak, root);
    }
    return root === undefined ? emptyRoot() : root.slice();
  }

  /** The frontier as plain data. The same leaves always give the same bytes. */
  toState(): CompactRangeState {
    const present = this.peaks.filter((peak) => peak !== undefined).reverse();
    const bytes = new Uint8Array(present.length * HASH_BYTES);
    for (const [i, peak] of present.entries()) bytes.set(peak, i * HASH_BYTES);
    return { size: this.leafCount, peaks: bytes };
  }

  /**
   * Rebuilds a frontier from plain data. Throws RangeError if the size is no safe count or the number of peaks is not the
   * one that the size demands, because a frontier that was cut short would go on to sign wrong roots.
   */
  static fromState({ size, peaks }: CompactRangeState): CompactRange {
    if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`compact range: bad size ${size}`);
    const range = new CompactRange();
    let offset = peaks.length;
    for (let level = 0, rest = size; rest > 0; level++, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 0) continue;
      offset -= HASH_BYTES;
      if (offset < 0) break;
      range.peaks[level] = peaks.slice(offset, offset + HASH_BYTES);
    }
    if (offset !== 0)
      throw new RangeError(`compact range: ${peaks.length} bytes of peaks do not fit size ${size}`);
    range.leafCount = size;
    return range;
  }

  private push(leaf: Uint8Array, sink: NodeSink | undefined): void {
    let node = leaf;
    let level = 0;
    let index = this.leafCount;
    sink?.(level, index, node);
    for (let left = this.peaks[0]; index % 2 === 1; left = this.peaks[level]) {
      node = nodeHash(left as Uint8Array, node);
      this.peaks[level] = undefined;
      level += 1;
      index = (index - 1) / 2;
      sink?.(level, index, node);
    }
    this.peaks[level] = node;
    this.leafCount += 1;
  }
}

function requireWholeHashes(bytes: Uint8Array, count = Math.floor(bytes.length / HASH_BYTES)): void {
  if (bytes.length !== count * HASH_BYTES)
    throw new RangeError(`not whole leaf hashes: ${bytes.length} bytes`);
}

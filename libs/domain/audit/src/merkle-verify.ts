import { emptyRoot, HASH_BYTES, hashesEqual, nodeHash } from './merkle-hash';
import { half, isCount } from './tree-arithmetic';

/**
 * Verifies that a leaf hash stands at `index` in the tree of `size` leaves with this root (RFC 9162 §2.1.3.2). False for
 * anything that does not fit, malformed input included. The size and root must come from a verified checkpoint: a proof
 * against a root of unknown origin proves nothing.
 */
export function verifyInclusion(claim: {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Uint8Array[];
  readonly rootHash: Uint8Array;
}): boolean {
  const { index, size, proof, rootHash } = claim;
  if (
    !isCount(index) ||
    !isCount(size) ||
    index >= size ||
    !allHashes([claim.leafHash, rootHash, ...proof])
  ) {
    return false;
  }
  let node = index;
  let last = size - 1;
  let computed = claim.leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      computed = nodeHash(sibling, computed);
      for (; node % 2 === 0 && node !== 0; node /= 2) last = half(last);
    } else {
      computed = nodeHash(computed, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && hashesEqual(computed, rootHash);
}

/**
 * Verifies that the tree of `secondSize` leaves only appended to that of `firstSize` (RFC 9162 §2.1.4.2). Equal sizes need
 * equal roots and an empty proof; from the empty tree any tree follows, again with an empty proof. False for all else.
 */
export function verifyConsistency(claim: {
  readonly firstSize: number;
  readonly firstRootHash: Uint8Array;
  readonly secondSize: number;
  readonly secondRootHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
}): boolean {
  const { firstSize, firstRootHash, secondSize, secondRootHash, proof } = claim;
  if (!isCount(firstSize) || !isCount(secondSize) || firstSize > secondSize) return false;
  if (!allHashes([firstRootHash, secondRootHash, ...proof])) return false;
  if (firstSize === secondSize) return proof.length === 0 && hashesEqual(firstRootHash, secondRootHash);
  if (firstSize === 0) return proof.length === 0 && hashesEqual(firstRootHash, emptyRoot());
  const roots = rootsFromConsistency(firstSize, secondSize, firstRootHash, proof);
  return (
    roots !== null && hashesEqual(roots.first, firstRootHash) && hashesEqual(roots.second, secondRootHash)
  );
}

// RFC 9162 §2.1.4.2 steps 3 to 6, for 0 < firstSize < secondSize.
function rootsFromConsistency(
  firstSize: number,
  secondSize: number,
  firstRoot: Uint8Array,
  proof: readonly Uint8Array[],
) {
  let node = firstSize - 1;
  let last = secondSize - 1;
  for (; node % 2 === 1; node = half(node)) last = half(last);
  // A first tree that is one complete subtree is its own starting point and is left out of the proof.
  const path = node === 0 ? [firstRoot, ...proof] : proof;
  const [start, ...rest] = path;
  if (start === undefined) return null;
  let first = start;
  let second = start;
  for (const sibling of rest) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      first = nodeHash(sibling, first);
      second = nodeHash(sibling, second);
      for (; node % 2 === 0 && node !== 0; node /= 2) last = half(last);
    } else {
      second = nodeHash(second, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 ? { first, second } : null;
}

function allHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === HASH_BYTES);
}

import { hash } from 'node:crypto';

/** The length of every hash in the tree: SHA-256, 32 bytes. */
export const HASH_BYTES = 32;

/** What every leaf's hash input begins with. */
export const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;
const NODE_INPUT_BYTES = 1 + 2 * HASH_BYTES;

// One scratch input for all inner nodes: hashing is synchronous, so two uses never overlap.
const nodeInput = new Uint8Array(NODE_INPUT_BYTES);
nodeInput[0] = NODE_PREFIX;

/**
 * Hashes one leaf as RFC 6962 §2.1 says: SHA-256(0x00 || data). The prefix keeps a leaf from ever being taken for an inner
 * node, which is what makes the tree second-preimage resistant.
 */
export function leafHash(data: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + data.length);
  input[0] = LEAF_PREFIX;
  input.set(data, 1);
  return sha256(input);
}

/**
 * Hashes two 32-byte children as RFC 6962 §2.1 says: SHA-256(0x01 || left || right). Throws RangeError for children of any
 * other length.
 */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES)
    throw new RangeError('a child is not a hash');
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return sha256(nodeInput);
}

/** Returns the root of the tree without leaves: SHA-256 of the empty string. Each call gives a fresh array. */
export function emptyRoot(): Uint8Array {
  return sha256(new Uint8Array(0));
}

/** Plain SHA-256 over bytes that already carry their domain prefix. */
export function sha256(input: Uint8Array): Uint8Array {
  // A view without Buffer's own toString/toJSON, so that hashes compare and serialise as the plain bytes they are.
  const digest = hash('sha256', input, 'buffer');
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength);
}

/** Tells whether two hashes are the same bytes. They are public values, so the comparison need not be constant-time. */
export function hashesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

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
  const node = new Uint8Array(HASH_BYTES);
  nodeHashInto(left, 0, right, 0, node, 0);
  return node;
}

/** As `nodeHash`, of children that begin at these places, into `out` at `at`, which may be where a child stands. */
export function nodeHashInto(
  left: Uint8Array,
  leftAt: number,
  right: Uint8Array,
  rightAt: number,
  out: Uint8Array,
  at: number,
): void {
  for (let i = 0; i < HASH_BYTES; i++) {
    nodeInput[1 + i] = left[leftAt + i] as number;
    nodeInput[1 + HASH_BYTES + i] = right[rightAt + i] as number;
  }
  sha256Into(nodeInput, out, at);
}

/** Returns the root of the tree without leaves: SHA-256 of the empty string. Each call gives a fresh array. */
export function emptyRoot(): Uint8Array {
  return sha256(new Uint8Array(0));
}

/** Plain SHA-256 over bytes that already carry their domain prefix. */
export function sha256(input: Uint8Array): Uint8Array {
  const digest = new Uint8Array(HASH_BYTES);
  sha256Into(input, digest, 0);
  return digest;
}

/**
 * As `sha256`, into `out` at `at`. The digest comes as a text of one character a byte: a Buffer of its own for each of them, outside
 * V8's heap, costs three times as much as hashing.
 */
export function sha256Into(input: Uint8Array, out: Uint8Array, at: number): void {
  const digest = hash('sha256', input, 'binary');
  for (let i = 0; i < HASH_BYTES; i++) out[at + i] = digest.charCodeAt(i);
}

/** Tells whether two hashes are the same bytes. They are public values, so the comparison need not be constant-time. */
export function hashesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

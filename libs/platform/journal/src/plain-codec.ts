import { createHash } from 'node:crypto';
import { finished, type Plain, type PlainParts, releaseParts } from '@clearway/kernel';
import { PlainReader } from './plain-reader';
import { PlainWriter } from './plain-writer';

/**
 * Encodes a value as deterministic CBOR (RFC 8949 §4.2.1): shortest heads, keys sorted by their encoded bytes, definite
 * lengths. Equal values give equal bytes, whatever order their keys were written in. A `number` is a CBOR integer; a `bigint`
 * is always a bignum (tags 2 and 3), so that each comes back as the type it was. It throws a TypeError for anything that is
 * not Plain: fractions, undefined, classes, ill-formed strings.
 */
export function encodePlain(value: Plain): Buffer {
  const writer = new PlainWriter();
  writer.write(value, 0);
  return writer.finish();
}

const CHUNK_BYTES = 1_048_576;

/**
 * Encodes bit by bit what `encodePlain` would the finished value: it yields after each item, now and then the bytes since the last ones
 * in a buffer that nobody else uses. The parts are released when it ends, early or not.
 */
export function* encodeParts(parts: PlainParts): Generator<Buffer<ArrayBuffer> | undefined, undefined> {
  try {
    const writer = new PlainWriter();
    for (const _ of writer.writeParts(parts, 0))
      yield writer.byteLength < CHUNK_BYTES ? undefined : writer.take();
    yield writer.take();
  } finally {
    releaseParts(parts);
  }
  return undefined;
}

/** Decodes what `encodePlain` wrote, and throws a RangeError for any other bytes, canonical or not. */
export function decodePlain(bytes: Uint8Array): Plain {
  return finished(decodeSteps(bytes));
}

/** The same step by step: it yields after each item of a large list. */
export function* decodeSteps(bytes: Uint8Array): Generator<undefined, Plain> {
  const reader = new PlainReader(bytes);
  const value = yield* reader.readSteps(0);
  reader.end();
  return value;
}

/** SHA-256 of a state's canonical bytes: what snapshots store and what replays are compared by. */
export function plainHash(encoded: Uint8Array): Buffer {
  return createHash('sha256').update(encoded).digest();
}

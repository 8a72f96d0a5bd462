import type { BinaryReader, BinaryWriter } from './binary';

/**
 * 64-bit fields without a detour over BigInt. Most 64-bit fields of these contracts are marked `jstype = JS_NUMBER`: ticks,
 * lots, ids and microseconds that fit a safe integer. The code that ts-proto emits for them converts to BigInt four times
 * a field and fails on optional and repeated ones, so `npm run generate` points it here instead. The spec beside this file
 * compares the bytes with @bufbuild/protobuf's.
 */

const TWO_TO_32 = 0x1_0000_0000;
const UINT32_MAX = 0xffff_ffff;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/** Writes an `int64` value. It throws a RangeError when a number is no safe integer or a bigint needs more than 64 bits. */
export function writeInt64(writer: BinaryWriter, value: number | bigint): BinaryWriter {
  if (typeof value === 'number') return writeSafeInteger(writer, value);
  if (value < INT64_MIN || value > INT64_MAX) throw new RangeError(`${value} does not fit int64`);
  return writer.int64(value);
}

/** Writes a `uint64` value. It throws a RangeError when the value is negative, too large, or a number that is not safe. */
export function writeUint64(writer: BinaryWriter, value: number | bigint): BinaryWriter {
  if (value < 0) throw new RangeError(`${value} does not fit uint64`);
  if (typeof value === 'number') return writeSafeInteger(writer, value);
  if (value > UINT64_MAX) throw new RangeError(`${value} does not fit uint64`);
  return writer.uint64(value);
}

/** Reads an `int64` field as a number. It throws a RangeError when the value is beyond the safe integers. */
export function readInt64(reader: BinaryReader): number {
  reader.varint64();
  return safe(reader.high * TWO_TO_32 + (reader.low >>> 0));
}

/** Reads a `uint64` field as a number. It throws a RangeError when the value is beyond the safe integers. */
export function readUint64(reader: BinaryReader): number {
  reader.varint64();
  return safe((reader.high >>> 0) * TWO_TO_32 + (reader.low >>> 0));
}

function writeSafeInteger(writer: BinaryWriter, value: number): BinaryWriter {
  if (value >= 0 && value <= UINT32_MAX) return writer.uint32(value);
  safe(value);
  return writer.varint64(value | 0, Math.floor(value / TWO_TO_32) | 0);
}

function safe(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`);
  return value;
}

import * as library from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { BinaryReader, BinaryWriter } from './binary';
import { readInt64, readUint64, writeInt64, writeUint64 } from './varint64';

const EDGES = [0, 1, -1, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -(2 ** 31), -(2 ** 32), -(2 ** 32) - 1];
const EXTREMES = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];

describe('64-bit fields as numbers', () => {
  it.each([...EDGES, ...EXTREMES])('writes %d as the library does and reads it back', (value) =>
    expectSame(value),
  );

  it('agrees with the library on any safe integer', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), expectSame));
  });

  it('writes the same bytes for a number and a bigint', () => {
    expect(writeUint64(new BinaryWriter(), 2 ** 40).finish()).toEqual(
      writeUint64(new BinaryWriter(), 2n ** 40n).finish(),
    );
  });

  it('refuses to read what a number cannot hold', () => {
    const bytes = new BinaryWriter().int64(2n ** 53n).finish();
    expect(() => readInt64(new BinaryReader(bytes))).toThrow(RangeError);
    expect(() => readUint64(new BinaryReader(new BinaryWriter().uint64(2n ** 64n - 1n).finish()))).toThrow(
      RangeError,
    );
  });

  it.each([1.5, Number.NaN, 2 ** 53, 2n ** 63n, -(2n ** 63n) - 1n])(
    'refuses to write %p as int64',
    (value) => {
      expect(() => writeInt64(new BinaryWriter(), value)).toThrow();
    },
  );

  it.each([-1, -1n, 2n ** 64n])('refuses to write %p as uint64', (value) => {
    expect(() => writeUint64(new BinaryWriter(), value)).toThrow(RangeError);
  });
});

function expectSame(value: number): void {
  const bytes = writeInt64(new BinaryWriter(), value).finish();
  expect(bytes).toEqual(Buffer.from(new library.BinaryWriter().int64(value).finish()));
  expect(readInt64(new BinaryReader(bytes))).toBe(value);
  if (value >= 0) expect(readUint64(new BinaryReader(bytes))).toBe(value);
}

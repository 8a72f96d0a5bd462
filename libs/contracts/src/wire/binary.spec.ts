import * as library from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { BinaryReader, BinaryWriter } from './binary';

type Field =
  | { readonly kind: 'uint32' | 'int32'; readonly value: number }
  | { readonly kind: 'int64' | 'uint64'; readonly value: bigint }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'part'; readonly value: readonly Field[] };

const { field } = fc.letrec<{ field: Field }>((tie) => ({
  field: fc.oneof(
    { depthSize: 'small' },
    fc.record({ kind: fc.constant('uint32' as const), value: fc.nat(0xffff_ffff) }),
    fc.record({ kind: fc.constant('int32' as const), value: fc.integer() }),
    fc.record({ kind: fc.constant('int64' as const), value: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n) }),
    fc.record({ kind: fc.constant('uint64' as const), value: fc.bigInt(0n, 2n ** 64n - 1n) }),
    fc.record({ kind: fc.constant('bool' as const), value: fc.boolean() }),
    fc.record({
      kind: fc.constant('string' as const),
      value: fc.string({ unit: 'grapheme', maxLength: 90 }),
    }),
    fc.record({ kind: fc.constant('string' as const), value: fc.string({ unit: 'grapheme-ascii' }) }),
    fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 300 }) }),
    fc.record({ kind: fc.constant('part' as const), value: fc.array(tie('field'), { maxLength: 4 }) }),
  ),
}));

interface Writer {
  uint32(value: number): unknown;
  int32(value: number): unknown;
  int64(value: bigint): unknown;
  uint64(value: bigint): unknown;
  bool(value: boolean): unknown;
  string(value: string): unknown;
  bytes(value: Uint8Array): unknown;
  fork(): unknown;
  join(): unknown;
}

describe('our own Protobuf writer and reader', () => {
  it('write the bytes of @bufbuild/protobuf, message after message, and read its values', () => {
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        const own = new BinaryWriter();
        const theirs = new library.BinaryWriter();
        write(own, fields);
        write(theirs, fields);
        const bytes = own.finish();
        expect([...bytes]).toEqual([...theirs.finish()]);
        readBack(new BinaryReader(bytes), fields);
      }),
    );
  });

  it('writes parts of every length of their length', () => {
    for (const length of [0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
      const bytes = new BinaryWriter().fork().bytes(new Uint8Array(length)).join().uint32(7).finish();
      expect(
        bytes.equals(
          new library.BinaryWriter().fork().bytes(new Uint8Array(length)).join().uint32(7).finish(),
        ),
      ).toBe(true);
    }
  });

  it('lets two writers take turns, and one throw', () => {
    const outer = new BinaryWriter().uint32(1).string('outer');
    const inner = new BinaryWriter().string('inner');
    expect(() => new BinaryWriter().string('lost').uint32(-1)).toThrow(RangeError);
    expect([...inner.finish()]).toEqual([5, ...Buffer.from('inner')]);
    expect([...outer.bool(true).finish()]).toEqual([1, 5, ...Buffer.from('outer'), 1]);
    expect([...new BinaryWriter().string('again').finish()]).toEqual([5, ...Buffer.from('again')]);
  });

  it('keeps what it gave when the next message is written', () => {
    const first = new BinaryWriter().string('first').finish();
    new BinaryWriter().string('other').finish();
    expect(first.toString()).toBe('\u0005first');
  });

  it.each([-1, 1.5, 2 ** 32, Number.NaN])('refuses to write %p as uint32', (value) => {
    expect(() => new BinaryWriter().uint32(value)).toThrow(RangeError);
  });

  it.each([1.5, 2 ** 31, Number.NaN])('refuses to write %p as int32', (value) => {
    expect(() => new BinaryWriter().int32(value)).toThrow(RangeError);
  });

  it('refuses what is cut off or endless', () => {
    expect(() => new BinaryReader(Uint8Array.of(5, 65)).string()).toThrow('premature end');
    expect(() => new BinaryReader(Uint8Array.of(128)).uint32()).toThrow();
    expect(() => new BinaryReader(new Uint8Array(11).fill(128)).uint32()).toThrow('invalid varint');
    expect(() => new BinaryReader(Uint8Array.of(1, 2)).skip(1)).toThrow('premature end');
    expect(() => new BinaryReader(Uint8Array.of(1)).skip(6)).toThrow('wire type 6');
    expect(() => new BinaryReader(new Uint8Array(300).fill(0x0b)).skip(3, 1)).toThrow('too deep');
  });

  it('passes over groups as the library does', () => {
    const group = Uint8Array.of(0x08, 1, 0x13, 0x14, 0x0c, 42);
    const reader = new BinaryReader(group);
    reader.skip(3, 1);
    expect(reader.uint32()).toBe(42);
    expect(() => new BinaryReader(group).skip(3, 2)).toThrow('another');
  });
});

function write(writer: Writer, fields: readonly Field[]): void {
  for (const { kind, value } of fields) {
    if (kind !== 'part') {
      (writer[kind] as (value: unknown) => unknown).call(writer, value);
      continue;
    }
    writer.fork();
    write(writer, value);
    writer.join();
  }
}

function readBack(reader: BinaryReader, fields: readonly Field[]): void {
  for (const { kind, value } of fields) {
    if (kind === 'part') {
      reader.uint32();
      readBack(reader, value);
    } else if (kind === 'bytes') expect([...reader.bytes()]).toEqual([...value]);
    else expect(reader[kind]()).toBe(value);
  }
}

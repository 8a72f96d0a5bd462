import { create, type DescField, type DescMessage, ScalarType, toBinary } from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import fc from 'fast-check';

const DEPTH_MAX = 3;
const ITEMS_MAX = 3;
const BYTES_MAX = 600;

/** Texts as they come: any Unicode, any characters, numbers that are nearly good, and names that exist. */
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.constantFrom(
    '',
    'alice.main',
    'bob.main',
    'carol.main',
    'AMZN',
    'USD',
    'trading/0',
    'clearing/0#1',
    'T0-1',
    '__proto__',
  ),
  fc.tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat(20)).map(([n, at]) => decimal(n, at)),
  fc.string({ minLength: 1_000, maxLength: 3_000 }),
);

function decimal(n: bigint, decimals: number): string {
  const digits = String(n < 0n ? -n : n).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return `${n < 0n ? '-' : ''}${digits.slice(0, point)}${decimals === 0 ? '' : `.${digits.slice(point)}`}`;
}

const longs = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -2n, max: 100n }),
);
const ints = fc.oneof(fc.integer(), fc.integer({ min: -2, max: 100 }));

/** A value for a field of this scalar type. */
function scalars(type: ScalarType): fc.Arbitrary<unknown> {
  switch (type) {
    case ScalarType.STRING:
      return texts;
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.INT64:
      return longs;
    case ScalarType.UINT64:
      return longs.map((value) => (value < 0n ? -value - 1n : value));
    case ScalarType.UINT32:
      return ints.map((value) => value >>> 0);
    case ScalarType.INT32:
      return ints;
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 64 });
    default:
      throw new Error(`no contract of ours has scalars of type ${type}`);
  }
}

/** Messages of a type with any of their fields set to anything that can be encoded. */
export function messages(type: DescMessage, depth = 0): fc.Arbitrary<ReflectMessage> {
  const parts = type.fields.map((field) =>
    fc.option(valuesOf(field, depth), { nil: undefined, freq: 4 }).map((value) => ({ field, value })),
  );
  return fc.tuple(...parts).map((chosen) => {
    const message = reflect(type, create(type));
    for (const { field, value } of chosen) if (value !== undefined) put(message, field, value);
    return message;
  });
}

function valuesOf(field: DescField, depth: number): fc.Arbitrary<unknown> {
  switch (field.fieldKind) {
    case 'scalar':
      return scalars(field.scalar);
    case 'enum':
      return fc.oneof(fc.constantFrom(...field.enum.values.map(({ number }) => number)), fc.integer());
    case 'message':
      return depth >= DEPTH_MAX ? fc.constant(undefined) : messages(field.message, depth + 1);
    case 'list':
      return field.listKind === 'message' && depth < DEPTH_MAX
        ? fc.array(messages(field.message, depth + 1), { maxLength: ITEMS_MAX })
        : fc.constant(undefined);
    case 'map':
      return fc.constant(undefined);
  }
}

function put(message: ReflectMessage, field: DescField, value: unknown): void {
  if (field.fieldKind !== 'list') {
    message.set(field, value);
    return;
  }
  const list = message.get(field);
  for (const item of value as unknown[]) (list as { add(item: unknown): void }).add(item);
}

/** Requests as bytes: well-formed ones, well-formed ones with some bytes changed, and bytes that never were a message. */
export function requests(type: DescMessage): fc.Arbitrary<Buffer> {
  const wellFormed = messages(type).map((message) => Buffer.from(toBinary(type, message.message)));
  const changed = fc
    .tuple(wellFormed, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }))
    .map(([bytes, changes]) => {
      for (const [at, to] of changes) if (bytes.length > 0) bytes[at % bytes.length] = to;
      return bytes;
    });
  const noise = fc.uint8Array({ maxLength: BYTES_MAX }).map((bytes) => Buffer.from(bytes));
  return fc.oneof(
    { weight: 6, arbitrary: wellFormed },
    { weight: 3, arbitrary: changed },
    { weight: 1, arbitrary: noise },
  );
}

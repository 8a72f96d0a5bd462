import {
  create,
  type DescField,
  type DescMessage,
  fromJson,
  type JsonValue,
  type MessageShape,
  ScalarType,
  toBinary,
} from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';

/** One spoilt request. */
export interface Mutant {
  /** Path of the field in Protobuf's spelling: `steps.reserve.account`; empty when the bytes as a whole are spoilt. */
  readonly field: string;
  /** What was done to it, in a few words. */
  readonly what: string;
  readonly bytes: Buffer;
  /** True when no reading of the contract can accept it: the answer must be INVALID_ARGUMENT that names the field. */
  readonly mustFail: boolean;
}

type Value = string | number | bigint | boolean;
type Spoiler = readonly [what: string, value: Value, mustFail: boolean];

const LONG = 5_000;
const UINT32_MAX = 4_294_967_295;

/** Texts that no id, name, key or token of ours can be. */
const STRANGE_TEXTS: readonly Spoiler[] = [
  ['missing', '', false],
  ['oversized', 'x'.repeat(LONG), true],
  ['NUL', 'a\u0000b', false],
  ['right-to-left', 'a\u202eb', false],
  ['zero-width', 'a\u200bb', false],
  ['emoji', '💸'.repeat(20), false],
  ['combining', `a${'\u0301'.repeat(300)}`, false],
  ['line break', 'a\r\nb', false],
  ['SQL', `' OR 1=1; DROP TABLE orders; --`, false],
  ['path', '../../../etc/passwd', false],
  ['prototype', '__proto__', false],
  ['method of Object', 'constructor', false],
  ['format', '%s%n{{7*7}}', false],
];

/** Numbers as text that are none, or that no price, quantity or amount of ours can be. */
const STRANGE_DECIMALS: readonly Spoiler[] = [
  'NaN',
  'Infinity',
  '-Infinity',
  '1e5',
  '1E-2',
  '0x10',
  '1_000',
  '1,000',
  ' 1',
  '1 ',
  '+1',
  '.5',
  '5.',
  '--1',
  '1.2.3',
  '١٢',
  '１２',
  '1\u200b',
  '\u202e1',
  '1\u00000',
  '-1',
  '-0.01',
  '1.123456789',
  '0.000000001',
  '9'.repeat(30),
  '9'.repeat(400),
].map((text) => [`decimal ${JSON.stringify(text.slice(0, 24))}`, text, true] as const);

const STRANGE_INTEGERS: Readonly<Partial<Record<ScalarType, readonly Spoiler[]>>> = {
  [ScalarType.UINT32]: [
    ['zero', 0, false],
    ['largest', UINT32_MAX, false],
  ],
  [ScalarType.INT32]: [
    ['zero', 0, false],
    ['negative', -1, true],
    ['largest', 2 ** 31 - 1, false],
  ],
  [ScalarType.INT64]: [
    ['zero', 0n, false],
    ['negative', -1n, true],
    ['most negative', -(2n ** 63n), true],
    ['largest safe', BigInt(Number.MAX_SAFE_INTEGER), false],
    ['unsafe', 2n ** 53n, false],
    ['largest', 2n ** 63n - 1n, false],
  ],
};

/** Names of text fields that hold decimals. */
const DECIMAL_FIELD =
  /^(price|order_qty|amount|tick_size|lot_size|reference_price|\w+_(qty|notional|position)_max|position_max)$/;

/** What a field is given instead of its good value. Notes may be long and strange, and so may what is found by equality. */
function spoilersOf(field: DescField): readonly Spoiler[] {
  if (field.fieldKind === 'enum') {
    const known = new Set(field.enum.values.map(({ number }) => number));
    return [0, 99, -1, 2 ** 31 - 1]
      .filter((n) => n === 0 || !known.has(n))
      .map((n) => [`enum ${n}`, n, n !== 0] as const);
  }
  if (field.fieldKind !== 'scalar') return [];
  if (field.scalar === ScalarType.STRING) {
    return DECIMAL_FIELD.test(field.name) ? [...STRANGE_TEXTS, ...STRANGE_DECIMALS] : STRANGE_TEXTS;
  }
  return STRANGE_INTEGERS[field.scalar] ?? [];
}

/** Every way in which one field of a good request can be spoilt, for all of its fields, and the bytes as a whole. */
export function* mutantsOf(input: DescMessage, good: () => JsonValue): Generator<Mutant> {
  const message = (): MessageShape<DescMessage> => fromJson(input, good());
  for (const { path, field } of fieldsIn(reflect(input, message()), [])) {
    const name = path.map((part) => part.name).join('.');
    for (const [what, value, mustFail] of spoilersOf(field)) {
      const spoilt = message();
      setAt(reflect(input, spoilt), path, value);
      yield { field: name, what, mustFail, bytes: Buffer.from(toBinary(input, spoilt)) };
    }
    if (field.fieldKind === 'message' || field.fieldKind === 'list') {
      const without = message();
      clearAt(reflect(input, without), path);
      yield { field: name, what: 'missing', mustFail: false, bytes: Buffer.from(toBinary(input, without)) };
    }
  }
  yield* spoiltBytes(input, good);
}

const GROUP_DEPTH = 20_000;

/** What a serialiser would never write. */
function* spoiltBytes(input: DescMessage, good: () => JsonValue): Generator<Mutant> {
  const encode = (): Buffer => Buffer.from(toBinary(input, fromJson(input, good())));
  const whole = (what: string, bytes: Buffer, mustFail: boolean): Mutant => ({
    field: '',
    what,
    bytes,
    mustFail,
  });
  const bytes = encode();
  yield whole('nothing', Buffer.alloc(0), false);
  yield whole('every key twice', Buffer.concat([bytes, encode()]), false);
  yield whole('unknown fields', Buffer.concat([encode(), Buffer.from('fa3f0568656c6c6f', 'hex')]), false);
  yield whole('nested groups', Buffer.concat([encode(), Buffer.alloc(GROUP_DEPTH, 0x7b)]), true);
  yield whole('unended group', Buffer.concat([encode(), Buffer.from([0x7b])]), true);
  yield whole('field number 0', Buffer.concat([encode(), Buffer.from([0x00, 0x01])]), false);
  yield whole('length beyond the end', Buffer.concat([encode(), Buffer.from('0affffff7f', 'hex')]), true);
  yield whole('endless varint', Buffer.concat([encode(), Buffer.alloc(20, 0xff)]), true);
  if (bytes.length > 1) yield whole('cut short', bytes.subarray(0, -1), false);
  const [first] = input.fields;
  if (first === undefined) return;
  yield whole('wrong wire type', Buffer.from([(first.number << 3) | 5, 1, 2, 3, 4]), false);
  if (first.fieldKind === 'scalar' && first.scalar === ScalarType.STRING)
    yield whole(
      'bytes that are no UTF-8',
      Buffer.from([(first.number << 3) | 2, 3, 0xff, 0xfe, 0x80]),
      false,
    );
}

interface Place {
  readonly path: readonly DescField[];
  readonly field: DescField;
}

/** All fields of a message, and those of the messages in it that the good request has. */
function* fieldsIn(message: ReflectMessage, above: readonly DescField[]): Generator<Place> {
  for (const field of message.fields) {
    const path = [...above, field];
    yield { path, field };
    const inner = innerOf(message, field);
    if (inner) yield* fieldsIn(inner, path);
  }
}

/** The message in a field, or the first of a list; undefined when there is none. */
function innerOf(message: ReflectMessage, field: DescField): ReflectMessage | undefined {
  if (!message.isSet(field)) return undefined;
  if (field.fieldKind === 'message') return message.get(field);
  if (field.fieldKind !== 'list' || field.listKind !== 'message') return undefined;
  const [first] = message.get(field) as Iterable<ReflectMessage>;
  return first;
}

function ownerAt(root: ReflectMessage, path: readonly DescField[]): ReflectMessage {
  return path.slice(0, -1).reduce((message, field) => {
    const inner = innerOf(message, field);
    if (!inner) throw new Error(`${field.name} is not set`);
    return inner;
  }, root);
}

function setAt(root: ReflectMessage, path: readonly DescField[], value: Value): void {
  const field = path.at(-1);
  if (field === undefined) return;
  ownerAt(root, path).set(field, value);
}

function clearAt(root: ReflectMessage, path: readonly DescField[]): void {
  const field = path.at(-1);
  if (field !== undefined) ownerAt(root, path).clear(field);
}

/** An empty message, for methods whose good request is that. */
export function emptyOf(input: DescMessage): Buffer {
  return Buffer.from(toBinary(input, create(input)));
}

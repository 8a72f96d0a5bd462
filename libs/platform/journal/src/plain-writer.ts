import { type Plain, PlainFields, PlainList, PlainPage, type PlainParts } from '@clearway/kernel';
import {
  DEPTH_MAX,
  MAJOR,
  SIMPLE,
  TAG_BIGNUM_NEGATIVE,
  TAG_BIGNUM_POSITIVE,
  TWO_TO_32,
} from './plain-format';

const INITIAL_BYTES = 4_096;
/** Objects wider than this are data, whose keys do not come again. */
const SHAPE_KEYS_MAX = 64;
/** Magnitudes below are written as numbers. */
const TWO_TO_48 = 2n ** 48n;
/** Texts below this many bytes have a head of one byte. */
const SHORT_TEXT = 24;

/** Writes Plain values as deterministic CBOR into one growing buffer. Serves `encodePlain` and `encodeParts` only. */
export class PlainWriter {
  #buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  #length = 0;
  /** The keys of the last object of each width: states are mostly many objects of few shapes. */
  readonly #shapes: ({ readonly keys: readonly string[]; readonly sorted: readonly string[] } | undefined)[] =
    [];

  /** The bytes written; they stay valid, because a writer is used once. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Bytes written since the last `take`. */
  get byteLength(): number {
    return this.#length;
  }

  /** Gives the bytes written since the last call, in a buffer of their own. */
  take(): Buffer<ArrayBuffer> {
    const taken = Buffer.allocUnsafeSlow(this.#length);
    this.#buffer.copy(taken, 0, 0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** Writes what `write` would once all parts are finished, and yields after each item. */
  *writeParts(parts: PlainParts, depth: number): Generator<undefined, undefined> {
    if (parts instanceof PlainList) yield* this.#writeList(parts, depth);
    else if (parts instanceof PlainFields) yield* this.#writeFields(parts, depth);
    else this.write(parts, depth);
    return undefined;
  }

  *#writeList({ length, items }: PlainList, depth: number): Generator<undefined, undefined> {
    this.#head(MAJOR.array, length);
    let written = 0;
    for (const item of items) {
      if (item instanceof PlainPage) yield* this.#writePage(item, depth + 1);
      else if (item instanceof PlainList || item instanceof PlainFields)
        yield* this.writeParts(item, depth + 1);
      else this.write(item, depth + 1);
      written += item instanceof PlainPage ? item.length : 1;
      yield undefined;
    }
    if (written !== length) throw new TypeError(`A list of ${length} items had ${written}`);
    return undefined;
  }

  /** Where an item stands is no part of its bytes, so a page is the same bytes in every list. */
  *#writePage({ length, items, written }: PlainPage, depth: number): Generator<undefined, undefined> {
    if (written.bytes === undefined) {
      const writer = new PlainWriter();
      let count = 0;
      for (const item of items) {
        writer.write(item, depth);
        count += 1;
        yield undefined;
      }
      if (count !== length) throw new TypeError(`A page of ${length} items had ${count}`);
      written.bytes = writer.take();
    }
    this.#append(written.bytes);
    return undefined;
  }

  *#writeFields({ fields }: PlainFields, depth: number): Generator<undefined, undefined> {
    const names = this.#sortedKeys(fields);
    this.#head(MAJOR.map, names.length);
    for (const name of names) {
      this.#text(name);
      yield* this.writeParts(fields[name] as PlainParts, depth + 1);
      yield undefined;
    }
    return undefined;
  }

  write(value: Plain, depth: number): void {
    if (depth > DEPTH_MAX) throw new TypeError(`A Plain value is nested deeper than ${DEPTH_MAX}`);
    switch (typeof value) {
      case 'number':
        return this.#number(value);
      case 'bigint':
        return this.#bigint(value);
      case 'string':
        return this.#text(value);
      case 'boolean':
        return this.#byte(value ? SIMPLE.yes : SIMPLE.no);
      case 'object':
        return this.#object(value, depth);
      default:
        throw new TypeError(`${typeof value} is not Plain`);
    }
  }

  #object(value: Exclude<Plain, number | bigint | string | boolean>, depth: number): void {
    if (value === null) return this.#byte(SIMPLE.nothing);
    if (value instanceof Uint8Array) return this.#bytes(value);
    if (Array.isArray(value)) return this.#array(value as readonly Plain[], depth);
    this.#map(value as { readonly [key: string]: Plain }, depth);
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not a safe integer`);
    if (value >= 0) this.#head(MAJOR.unsigned, value === 0 ? 0 : value);
    else this.#head(MAJOR.negative, -1 - value);
  }

  #bigint(value: bigint): void {
    const magnitude = value >= 0n ? value : -1n - value;
    this.#byte(value >= 0n ? TAG_BIGNUM_POSITIVE : TAG_BIGNUM_NEGATIVE);
    if (magnitude === 0n) return this.#head(MAJOR.bytes, 0);
    if (magnitude < TWO_TO_48) return this.#smallMagnitude(Number(magnitude));
    const hex = magnitude.toString(16);
    const length = (hex.length + 1) >> 1;
    this.#head(MAJOR.bytes, length);
    this.#reserve(length);
    this.#buffer.write(hex.padStart(length * 2, '0'), this.#length, 'hex');
    this.#length += length;
  }

  #smallMagnitude(magnitude: number): void {
    let length = 1;
    for (let rest = magnitude; rest >= 256; rest = Math.floor(rest / 256)) length++;
    this.#head(MAJOR.bytes, length);
    this.#length = this.#buffer.writeUIntBE(magnitude, this.#length, length);
  }

  #text(value: string): void {
    if (value.length < SHORT_TEXT && this.#shortAscii(value)) return;
    if (!isWellFormed(value)) throw new TypeError('A string holds half a surrogate pair');
    const length = Buffer.byteLength(value);
    this.#head(MAJOR.text, length);
    this.#reserve(length);
    this.#buffer.write(value, this.#length, 'utf8');
    this.#length += length;
  }

  /** Writes a text of one-byte characters whose head is one byte too; false, and nothing written, for any other. */
  #shortAscii(value: string): boolean {
    this.#reserve(SHORT_TEXT);
    const from = this.#length;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      this.#buffer[from + 1 + i] = code;
    }
    this.#buffer[from] = (MAJOR.text << 5) | value.length;
    this.#length = from + 1 + value.length;
    return true;
  }

  #bytes(value: Uint8Array): void {
    this.#head(MAJOR.bytes, value.length);
    this.#append(value);
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #array(values: readonly Plain[], depth: number): void {
    this.#head(MAJOR.array, values.length);
    for (let i = 0; i < values.length; i++) this.write(values[i] as Plain, depth + 1);
  }

  #map(value: { readonly [key: string]: Plain }, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null && !isForeignPlain(prototype)) {
      throw new TypeError('An object with a class is not Plain');
    }
    const keys = this.#sortedKeys(value);
    this.#head(MAJOR.map, keys.length);
    for (const key of keys) {
      this.#text(key);
      this.write(value[key] as Plain, depth + 1);
    }
  }

  #sortedKeys(value: object): readonly string[] {
    const keys = Object.keys(value);
    if (keys.length > SHAPE_KEYS_MAX) return keys.sort(compareKeys);
    const last = this.#shapes[keys.length];
    if (last !== undefined && keys.every((key, i) => key === last.keys[i])) return last.sorted;
    const sorted = keys.toSorted(compareKeys);
    this.#shapes[keys.length] = { keys, sorted };
    return sorted;
  }

  #head(major: number, argument: number): void {
    const type = major << 5;
    this.#reserve(9);
    if (argument < 24) this.#buffer[this.#length++] = type | argument;
    else if (argument < 0x100) this.#wide(type | 24, argument, 1);
    else if (argument < 0x1_0000) this.#wide(type | 25, argument, 2);
    else if (argument < TWO_TO_32) this.#wide(type | 26, argument, 4);
    else {
      this.#wide(type | 27, Math.floor(argument / TWO_TO_32), 4);
      this.#length = this.#buffer.writeUInt32BE(argument % TWO_TO_32, this.#length);
    }
  }

  #wide(first: number, argument: number, bytes: number): void {
    this.#buffer[this.#length++] = first;
    this.#length = this.#buffer.writeUIntBE(argument, this.#length, bytes);
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = byte;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}

/** The order of the encoded keys: shorter ones first, then by their UTF-8 bytes. */
function compareKeys(a: string, b: string): number {
  return Buffer.byteLength(a) - Buffer.byteLength(b) || Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** An object literal from another realm (a worker's message, a test's sandbox) has that realm's Object as prototype. */
function isForeignPlain(prototype: unknown): boolean {
  return typeof prototype === 'object' && prototype !== null && Object.getPrototypeOf(prototype) === null;
}

function isWellFormed(value: string): boolean {
  return (value as unknown as { isWellFormed(): boolean }).isWellFormed();
}

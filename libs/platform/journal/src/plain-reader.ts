import type { Plain } from '@clearway/kernel';
import {
  DEPTH_MAX,
  MAJOR,
  SIMPLE,
  TAG_BIGNUM_NEGATIVE,
  TAG_BIGNUM_POSITIVE,
  TWO_TO_32,
} from './plain-format';

interface Key {
  readonly name: string;
  /** With its head. */
  readonly encoded: Uint8Array;
}

/** Maps of more keys are data, whose keys do not come again. */
const SHAPE_KEYS_MAX = 64;
/** Lists of more items are read step by step, each of their items at once. */
const STEP_ITEMS_MAX = 1_000;
/** What lies deeper is part of an item. */
const STEP_DEPTH_MAX = 4;

/** Reads deterministic CBOR and refuses whatever PlainWriter would not have written. Serves `decodePlain` and `decodeSteps` only. */
export class PlainReader {
  readonly #bytes: Buffer;
  /** The keys of the last map of each size: states are mostly many objects of few shapes. */
  readonly #shapes: (readonly Key[] | undefined)[] = [];
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Throws unless everything was read. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw malformed('bytes are left over', this.#at);
  }

  /** Reads what `read` does, and yields after each item of a large list. */
  *readSteps(depth: number): Generator<undefined, Plain> {
    const major = (this.#bytes[this.#at] ?? 0) >> 5;
    if (depth > STEP_DEPTH_MAX || (major !== MAJOR.array && major !== MAJOR.map)) return this.read(depth);
    const length = this.#argument(this.#byte());
    return major === MAJOR.map
      ? yield* this.#mapSteps(length, depth)
      : yield* this.#arraySteps(length, depth);
  }

  *#arraySteps(length: number, depth: number): Generator<undefined, Plain[]> {
    if (length > this.#bytes.length - this.#at) throw malformed('an array is cut off', this.#at);
    const values: Plain[] = [];
    for (let i = 0; i < length; i++) {
      values.push(length > STEP_ITEMS_MAX ? this.read(depth + 1) : yield* this.readSteps(depth + 1));
      yield undefined;
    }
    return values;
  }

  *#mapSteps(size: number, depth: number): Generator<undefined, { [key: string]: Plain }> {
    const map: { [key: string]: Plain } = {};
    let key: Key | undefined;
    for (let i = 0; i < size; i++) {
      key = this.#key(key);
      setField(map, key.name, yield* this.readSteps(depth + 1));
    }
    return map;
  }

  read(depth: number): Plain {
    if (depth > DEPTH_MAX) throw malformed('it is nested too deep', this.#at);
    const first = this.#byte();
    switch (first >> 5) {
      case MAJOR.unsigned:
        return this.#argument(first);
      case MAJOR.negative:
        return this.#negative(first);
      case MAJOR.bytes:
        return new Uint8Array(this.#take(this.#argument(first)));
      case MAJOR.text:
        return this.#text(this.#argument(first));
      case MAJOR.array:
        return this.#array(this.#argument(first), depth);
      case MAJOR.map:
        return this.#map(this.#argument(first), depth);
      default:
        return first >> 5 === MAJOR.tag ? this.#bignum(first) : this.#simple(first);
    }
  }

  #simple(first: number): Plain {
    if (first === SIMPLE.nothing) return null;
    if (first === SIMPLE.yes) return true;
    if (first === SIMPLE.no) return false;
    throw malformed('a value is of no Plain type', this.#at);
  }

  #negative(first: number): number {
    const value = -1 - this.#argument(first);
    if (!Number.isSafeInteger(value)) throw malformed('an integer is not safe', this.#at);
    return value;
  }

  #bignum(first: number): bigint {
    if (first !== TAG_BIGNUM_POSITIVE && first !== TAG_BIGNUM_NEGATIVE)
      throw malformed('unknown tag', this.#at);
    const head = this.#byte();
    if (head >> 5 !== MAJOR.bytes) throw malformed('a bignum has no bytes', this.#at);
    const length = this.#argument(head);
    const at = this.#at;
    this.#skip(length);
    if (length > 0 && this.#bytes[at] === 0) throw malformed('a bignum has leading zeros', this.#at);
    const magnitude = this.#magnitude(at, length);
    return first === TAG_BIGNUM_POSITIVE ? magnitude : -1n - magnitude;
  }

  #magnitude(at: number, length: number): bigint {
    if (length === 0) return 0n;
    if (length <= 6) return BigInt(this.#bytes.readUIntBE(at, length));
    return BigInt(`0x${this.#bytes.toString('hex', at, at + length)}`);
  }

  #array(length: number, depth: number): Plain[] {
    if (length > this.#bytes.length - this.#at) throw malformed('an array is cut off', this.#at);
    const values: Plain[] = [];
    for (let i = 0; i < length; i++) values.push(this.read(depth + 1));
    return values;
  }

  #map(size: number, depth: number): { [key: string]: Plain } {
    const map: { [key: string]: Plain } = {};
    let before = this.#shapes[size];
    const shape: Key[] = [];
    for (let i = 0; i < size; i++) {
      let key = this.#expected(before?.[i]);
      if (key === undefined) {
        before = undefined;
        key = this.#key(shape[i - 1]);
      }
      shape.push(key);
      setField(map, key.name, this.read(depth + 1));
    }
    if (size < SHAPE_KEYS_MAX) this.#shapes[size] = shape;
    return map;
  }

  /** The key that the last map of this size had here, if this one has it too: as long as all are the same, they are in order. */
  #expected(key: Key | undefined): Key | undefined {
    if (key === undefined) return undefined;
    const { encoded } = key;
    for (let i = 0; i < encoded.length; i++) if (this.#bytes[this.#at + i] !== encoded[i]) return undefined;
    this.#at += encoded.length;
    return key;
  }

  #key(before: Key | undefined): Key {
    const start = this.#at;
    const head = this.#byte();
    if (head >> 5 !== MAJOR.text) throw malformed('a key is no string', start);
    const name = this.#text(this.#argument(head));
    const encoded = this.#bytes.subarray(start, this.#at);
    if (before !== undefined && Buffer.compare(before.encoded, encoded) >= 0)
      throw malformed('keys are not sorted', start);
    return { name, encoded };
  }

  #argument(first: number): number {
    const short = first & 31;
    if (short < 24) return short;
    const at = this.#at;
    const bytes = this.#bytes;
    if (short === 24) {
      this.#skip(1);
      return this.#atLeast(24, bytes[at]!);
    }
    if (short === 25) {
      this.#skip(2);
      return this.#atLeast(0x100, bytes.readUInt16BE(at));
    }
    if (short === 26) {
      this.#skip(4);
      return this.#atLeast(0x1_0000, bytes.readUInt32BE(at));
    }
    if (short !== 27) throw malformed('a length is indefinite', at);
    this.#skip(8);
    const value = bytes.readUInt32BE(at) * TWO_TO_32 + bytes.readUInt32BE(at + 4);
    if (!Number.isSafeInteger(value)) throw malformed('an integer is not safe', this.#at);
    return this.#atLeast(TWO_TO_32, value);
  }

  #atLeast(min: number, value: number): number {
    if (value < min) throw malformed('a head is longer than it must be', this.#at);
    return value;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw malformed('it is cut off', this.#at);
    this.#at++;
    return byte;
  }

  #text(length: number): string {
    const at = this.#at;
    this.#skip(length);
    return this.#bytes.toString('utf8', at, this.#at);
  }

  #take(length: number): Buffer {
    const at = this.#at;
    this.#skip(length);
    return this.#bytes.subarray(at, this.#at);
  }

  #skip(length: number): void {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw malformed('it is cut off', this.#at);
    this.#at = end;
  }
}

function setField(map: { [key: string]: Plain }, name: string, value: Plain): void {
  if (name === '__proto__') Object.defineProperty(map, name, { value, ...DATA_PROPERTY });
  else map[name] = value;
}

const DATA_PROPERTY = { enumerable: true, configurable: true, writable: true } as const;

function malformed(what: string, at: number): RangeError {
  return new RangeError(`Not a canonical Plain value: ${what} (byte ${at})`);
}

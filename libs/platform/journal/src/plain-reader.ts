import type { Plain } from '@clearway/kernel';
import {
  DEPTH_MAX,
  MAJOR,
  SIMPLE,
  TAG_BIGNUM_NEGATIVE,
  TAG_BIGNUM_POSITIVE,
  TWO_TO_32,
} from './plain-format';

/** Reads deterministic CBOR and refuses whatever PlainWriter would not have written. Serves `decodePlain` only. */
export class PlainReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Throws unless everything was read. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw malformed('bytes are left over', this.#at);
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
        return this.#take(this.#argument(first)).toString('utf8');
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
    const bytes = this.#take(this.#argument(head));
    if (bytes[0] === 0) throw malformed('a bignum has leading zeros', this.#at);
    const magnitude = bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString('hex')}`);
    return first === TAG_BIGNUM_POSITIVE ? magnitude : -1n - magnitude;
  }

  #array(length: number, depth: number): Plain[] {
    if (length > this.#bytes.length - this.#at) throw malformed('an array is cut off', this.#at);
    const values: Plain[] = [];
    for (let i = 0; i < length; i++) values.push(this.read(depth + 1));
    return values;
  }

  #map(size: number, depth: number): { [key: string]: Plain } {
    const map: { [key: string]: Plain } = {};
    let before: Buffer | undefined;
    for (let i = 0; i < size; i++) {
      const start = this.#at;
      const head = this.#byte();
      if (head >> 5 !== MAJOR.text) throw malformed('a key is no string', start);
      const key = this.#take(this.#argument(head)).toString('utf8');
      const encoded = this.#bytes.subarray(start, this.#at);
      if (before !== undefined && Buffer.compare(before, encoded) >= 0)
        throw malformed('keys are not sorted', start);
      before = encoded;
      const value = this.read(depth + 1);
      if (key === '__proto__') Object.defineProperty(map, key, { value, ...DATA_PROPERTY });
      else map[key] = value;
    }
    return map;
  }

  #argument(first: number): number {
    const short = first & 31;
    if (short < 24) return short;
    if (short === 24) return this.#atLeast(24, this.#take(1)[0]!);
    if (short === 25) return this.#atLeast(0x100, this.#take(2).readUInt16BE(0));
    if (short === 26) return this.#atLeast(0x1_0000, this.#take(4).readUInt32BE(0));
    if (short !== 27) throw malformed('a length is indefinite', this.#at);
    const words = this.#take(8);
    const value = words.readUInt32BE(0) * TWO_TO_32 + words.readUInt32BE(4);
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

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw malformed('it is cut off', this.#at);
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

const DATA_PROPERTY = { enumerable: true, configurable: true, writable: true } as const;

function malformed(what: string, at: number): RangeError {
  return new RangeError(`Not a canonical Plain value: ${what} (byte ${at})`);
}

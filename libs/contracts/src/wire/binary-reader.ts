import { readText } from './short-text';

const GROUP_DEPTH_MAX = 100;
const TWO_TO_32 = 0x1_0000_0000;
const WIRE = { varint: 0, bit64: 1, lengthDelimited: 2, startGroup: 3, endGroup: 4, bit32: 5 } as const;

/**
 * Reads Protobuf. It has the methods of @bufbuild/protobuf's reader that the generated code calls, and gives the same values;
 * the library's makes a view and three closures for each message, and a new string for each text.
 */
export class BinaryReader {
  readonly buf: Buffer;
  readonly len: number;
  pos = 0;
  /** The words of the varint that `varint64` read last. */
  low = 0;
  high = 0;
  /** How deep the message is nested that is being read; the generated code keeps and bounds it. */
  __tsProtoDecodeDepth = 0;

  constructor(bytes: Uint8Array) {
    this.buf = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.len = bytes.length;
  }

  /** Reads the low 32 bits of a varint: a tag, a length, a `uint32` field. */
  uint32(): number {
    const byte = this.buf[this.pos] as number;
    if (byte < 128) {
      this.pos += 1;
      return byte;
    }
    this.varint64();
    return this.low >>> 0;
  }

  int32(): number {
    return this.uint32() | 0;
  }

  bool(): boolean {
    this.varint64();
    return this.low !== 0 || this.high !== 0;
  }

  int64(): bigint {
    this.varint64();
    const value = this.high * TWO_TO_32 + (this.low >>> 0);
    if (Number.isSafeInteger(value)) return BigInt(value);
    return BigInt.asIntN(64, (BigInt(this.high) << 32n) | BigInt(this.low >>> 0));
  }

  uint64(): bigint {
    return BigInt.asUintN(64, this.int64());
  }

  string(): string {
    const start = this.#enter();
    return readText(this.buf, start, this.pos);
  }

  /** A view of the message's own bytes: nothing is copied. */
  bytes(): Buffer {
    const start = this.#enter();
    return this.buf.subarray(start, this.pos);
  }

  /** Passes over a field that the reader does not know. */
  skip(wireType: number, fieldNumber?: number, depth = 0): void {
    if (wireType === WIRE.varint) this.varint64();
    else if (wireType === WIRE.bit64) this.#pass(8);
    else if (wireType === WIRE.lengthDelimited) this.#enter();
    else if (wireType === WIRE.bit32) this.#pass(4);
    else if (wireType === WIRE.startGroup) this.#skipGroup(fieldNumber, depth);
    else throw new Error(`cannot skip wire type ${wireType}`);
  }

  /** Reads any varint of up to ten bytes into `low` and `high`, both as signed 32 bits. */
  varint64(): void {
    const { buf } = this;
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = buf[this.pos++] as number;
      low |= (byte & 127) << shift;
      if (byte < 128) return this.#words(low, 0);
    }
    const middle = buf[this.pos++] as number;
    low |= (middle & 15) << 28;
    let high = (middle & 112) >> 4;
    if (middle < 128) return this.#words(low, high);
    for (let shift = 3; shift < 32; shift += 7) {
      const byte = buf[this.pos++] as number;
      high |= (byte & 127) << shift;
      if (byte < 128) return this.#words(low, high);
    }
    throw new Error('invalid varint');
  }

  /** Beyond the end a byte is undefined, which is never below 128, so a varint that is cut off comes to its tenth byte. */
  #words(low: number, high: number): void {
    if (this.pos > this.len) throw new RangeError('premature end of a message');
    this.low = low;
    this.high = high;
  }

  /** Passes over a length-delimited part and gives where it begins. */
  #enter(): number {
    const length = this.uint32();
    const start = this.pos;
    this.#pass(length);
    return start;
  }

  #pass(bytes: number): void {
    this.pos += bytes;
    if (this.pos > this.len) throw new RangeError('premature end of a message');
  }

  #skipGroup(fieldNumber: number | undefined, depth: number): void {
    if (depth >= GROUP_DEPTH_MAX) throw new Error('groups are nested too deep');
    for (;;) {
      const tag = this.uint32();
      const number = tag >>> 3;
      const type = tag & 7;
      if (number === 0) throw new Error('a tag without a field number');
      if (type === WIRE.endGroup) {
        if (fieldNumber !== undefined && number !== fieldNumber)
          throw new Error('a group ends as another one');
        return;
      }
      this.skip(type, number, depth + 1);
    }
  }
}

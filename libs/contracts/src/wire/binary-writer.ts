const INITIAL_BYTES = 4_096;
/** A buffer that one huge message grew beyond this is not kept for the next one. */
const KEPT_BYTES_MAX = 1_048_576;
/** Longer texts are written by Node's own encoder; for shorter ones the call into it costs more than the loop. */
const LOOP_CHARS_MAX = 48;
const INT32_MAX = 0x7fff_ffff;
const TWO_TO_32 = 0x1_0000_0000;
const NONE = Buffer.alloc(0);

/** The buffer that no writer uses now: messages are encoded one after the other, so nearly always the next finds it here. */
let spare: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);

/**
 * Writes Protobuf into one buffer that all writers share in turn. It has the methods of @bufbuild/protobuf's writer that the
 * generated code calls, and writes the same bytes; the library's makes a buffer for each message, which costs ten
 * times as much as a small message does.
 */
export class BinaryWriter {
  #buffer: Buffer = NONE;
  #at = 0;
  readonly #forks: number[] = [];

  /** Gives the bytes, for keeps, and begins the next message. */
  finish(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#at);
    this.#buffer.copy(bytes, 0, 0, this.#at);
    if (this.#buffer.length <= KEPT_BYTES_MAX) spare = this.#buffer;
    this.#buffer = NONE;
    this.#at = 0;
    this.#forks.length = 0;
    return bytes;
  }

  /** Begins a length-delimited part; `join` ends it. */
  fork(): this {
    this.#reserve(1);
    this.#forks.push(this.#at);
    this.#at += 1;
    return this;
  }

  /** Writes the length before what was written since `fork`. One byte is kept for it, which most parts need. */
  join(): this {
    const at = this.#forks.pop();
    if (at === undefined) throw new Error('a join without its fork');
    const length = this.#at - at - 1;
    const more = varintBytes(length) - 1;
    if (more > 0) {
      this.#reserve(more);
      this.#buffer.copyWithin(at + 1 + more, at + 1, this.#at);
    }
    const end = this.#at + more;
    this.#at = at;
    this.#varint(length);
    this.#at = end;
    return this;
  }

  /** Writes an unsigned 32-bit varint: a tag, a length, a `uint32` field. */
  uint32(value: number): this {
    if (value >>> 0 !== value) throw new RangeError(`${value} does not fit uint32`);
    this.#reserve(5);
    this.#varint(value);
    return this;
  }

  /** Writes an `int32` or enum field. A negative one takes ten bytes. */
  int32(value: number): this {
    if ((value | 0) !== value) throw new RangeError(`${value} does not fit int32`);
    return value >= 0 ? this.uint32(value) : this.varint64(value, -1);
  }

  bool(value: boolean): this {
    this.#reserve(1);
    this.#buffer[this.#at++] = value ? 1 : 0;
    return this;
  }

  bytes(value: Uint8Array): this {
    this.#reserve(value.length + 5);
    this.#varint(value.length);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
    return this;
  }

  string(value: string): this {
    const { length } = value;
    if (length <= LOOP_CHARS_MAX && this.#shortAscii(value)) return this;
    const bytes = Buffer.byteLength(value);
    this.#reserve(bytes + 5);
    this.#varint(bytes);
    this.#at += this.#buffer.write(value, this.#at, 'utf8');
    return this;
  }

  int64(value: bigint): this {
    return this.#bigint(value);
  }

  uint64(value: bigint): this {
    return this.#bigint(value);
  }

  /** Writes a 64-bit varint that is given as its low and high 32 bits, signed or not. */
  varint64(low: number, high: number): this {
    this.#reserve(10);
    const buffer = this.#buffer;
    let lo = low >>> 0;
    let hi = high >>> 0;
    while (hi > 0 || lo > 127) {
      buffer[this.#at++] = (lo & 127) | 128;
      lo = ((lo >>> 7) | (hi << 25)) >>> 0;
      hi >>>= 7;
    }
    buffer[this.#at++] = lo;
    return this;
  }

  #bigint(value: bigint): this {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return this.varint64(number | 0, Math.floor(number / TWO_TO_32) | 0);
    return this.varint64(Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> 32n)));
  }

  /** False leaves nothing behind: the text is not ASCII. */
  #shortAscii(value: string): boolean {
    const { length } = value;
    this.#reserve(length + 1);
    const buffer = this.#buffer;
    let at = this.#at;
    buffer[at++] = length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return false;
      buffer[at++] = code;
    }
    this.#at = at;
    return true;
  }

  #varint(value: number): void {
    const buffer = this.#buffer;
    let rest = value;
    while (rest > 127) {
      buffer[this.#at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    buffer[this.#at++] = rest;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes > this.#buffer.length) this.#grow(this.#at + bytes);
  }

  #grow(needed: number): void {
    if (needed > INT32_MAX) throw new RangeError('a message is too large');
    if (this.#buffer === NONE) {
      this.#buffer = spare;
      spare = NONE;
      if (needed <= this.#buffer.length) return;
    }
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2, INITIAL_BYTES));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#buffer = grown;
  }
}

function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

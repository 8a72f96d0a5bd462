/** The bytes are no Protobuf message, or not the one that they should be. */
export class MalformedBatchError extends Error {
  override readonly name = 'MalformedBatchError';
}

/** The wire type of numbers. */
export const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const VARINT_BYTES_MAX = 10;

/** Walks over the fields of one Protobuf message without building anything: this sees every byte of every service. */
export class FieldCursor {
  /** Of the present field: its number and type, where it begins with its tag, and where it ends. */
  number = 0;
  wireType = 0;
  start = 0;
  end = 0;
  /** Where the content of a length-delimited field begins. */
  bodyStart = 0;
  /** What a varint field holds; the length of a length-delimited one. */
  value = 0;
  #at = 0;
  #last: number;

  constructor(private readonly message: Buffer) {
    this.#last = message.length;
  }

  /** Begins anew with a message that stands within the bytes. */
  enter(start: number, end: number): void {
    this.end = start;
    this.#last = end;
  }

  /** Goes to the next field; false at the end of the message. Throws MalformedBatchError. */
  next(): boolean {
    if (this.end >= this.#last) return false;
    this.start = this.end;
    this.#at = this.start;
    const tag = this.#varint();
    this.number = Math.floor(tag / 8);
    const wireType = tag % 8;
    this.wireType = wireType;
    const isFixed = wireType === FIXED64 || wireType === FIXED32;
    this.value = isFixed ? 0 : this.#varint();
    this.bodyStart = this.#at;
    this.end = this.#at + this.#bodyLength(wireType);
    if (this.end > this.#last) throw new MalformedBatchError(`field ${this.number} ends beyond its message`);
    return true;
  }

  #bodyLength(wireType: number): number {
    if (wireType === VARINT) return 0;
    if (wireType === LENGTH_DELIMITED) return this.value;
    if (wireType === FIXED64) return 8;
    if (wireType === FIXED32) return 4;
    throw new MalformedBatchError(`wire type ${wireType} stands in no Batch`);
  }

  #varint(): number {
    const { message } = this;
    let value = 0;
    for (let scale = 1, left = VARINT_BYTES_MAX; left > 0 && this.#at < this.#last; left--, scale *= 128) {
      const byte = message[this.#at++] as number;
      if (scale === 1 && byte < 128) return byte;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new MalformedBatchError('a varint does not end');
  }
}

import type { CommandContextInput } from './event-codec';

const INITIAL_BYTES = 16_384;
/** A buffer that one huge batch grew beyond this is dropped afterwards, instead of being kept for ever. */
const KEPT_BYTES_MAX = 4_194_304;
const TYPES_MAX = 1_000;
const CONTEXT_TAGS = { actor: 0x12, address: 0x1a, device: 0x22, traceparent: 0x2a, method: 0x32 } as const;

/**
 * Writes a clearway.journal.v1.Batch in one pass into a buffer that is used again for the next one: a context where its first
 * event needs it, then the events. The Protobuf is framed by hand because every event of every service passes here; the
 * spec decodes it with the generated codec.
 */
export class BatchWriter {
  #buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  #length = 0;
  #contexts = 0;
  #events = 0;
  #lastContext: CommandContextInput | undefined;
  #lastMicros = -1;
  readonly #types = new Map<string, Buffer>();

  /** Bytes that the batch has so far. */
  get byteLength(): number {
    return this.#length;
  }

  /** Events that the batch has so far. */
  get eventCount(): number {
    return this.#events;
  }

  /** Adds an event under its context; the same context object at the same time is written once. */
  add(type: string, data: Uint8Array, context: CommandContextInput, atMicros: number): void {
    if (context !== this.#lastContext || atMicros !== this.#lastMicros) this.#addContext(context, atMicros);
    const index = this.#contexts - 1;
    const typeField = this.#typeField(type);
    const dataLength = data.length === 0 ? 0 : 1 + varintLength(data.length) + data.length;
    const length = (index === 0 ? 0 : 1 + varintLength(index)) + typeField.length + dataLength;
    this.#reserve(length + 6);
    this.#tagged(0x12, length);
    if (index !== 0) this.#tagged(0x08, index);
    this.#raw(typeField);
    if (data.length !== 0) {
      this.#tagged(0x1a, data.length);
      this.#raw(data);
    }
    this.#events++;
  }

  /** Gives the batch's bytes, for keeps, and begins the next batch. */
  finish(): Buffer {
    const payload = Buffer.allocUnsafeSlow(this.#length);
    this.#buffer.copy(payload, 0, 0, this.#length);
    if (this.#buffer.length > KEPT_BYTES_MAX) this.#buffer = Buffer.allocUnsafe(INITIAL_BYTES);
    this.#length = 0;
    this.#contexts = 0;
    this.#events = 0;
    this.#lastContext = undefined;
    return payload;
  }

  #addContext(context: CommandContextInput, atMicros: number): void {
    const { actor, address, device, traceparent, method } = context;
    const text =
      fieldLength(actor) +
      fieldLength(address) +
      fieldLength(device) +
      fieldLength(traceparent) +
      fieldLength(method);
    const length = text + (atMicros === 0 ? 0 : 1 + varintLength(atMicros));
    this.#reserve(length + 6);
    this.#tagged(0x0a, length);
    if (atMicros !== 0) this.#tagged(0x08, atMicros);
    this.#text(CONTEXT_TAGS.actor, actor);
    this.#text(CONTEXT_TAGS.address, address);
    this.#text(CONTEXT_TAGS.device, device);
    this.#text(CONTEXT_TAGS.traceparent, traceparent);
    this.#text(CONTEXT_TAGS.method, method);
    this.#contexts++;
    this.#lastContext = context;
    this.#lastMicros = atMicros;
  }

  /** Field 2 of EventRecord, whole: a service has few types, so each is encoded once. */
  #typeField(type: string): Buffer {
    const known = this.#types.get(type);
    if (known !== undefined) return known;
    const text = Buffer.from(type);
    const head: number[] = [0x12];
    for (let rest = text.length; ; rest = Math.floor(rest / 128)) {
      head.push(rest >= 128 ? (rest % 128) | 128 : rest);
      if (rest < 128) break;
    }
    const field = Buffer.concat([Buffer.from(head), text]);
    if (this.#types.size < TYPES_MAX) this.#types.set(type, field);
    return field;
  }

  #text(tag: number, text: string): void {
    if (text === '') return;
    this.#tagged(tag, Buffer.byteLength(text));
    this.#length += this.#buffer.write(text, this.#length, 'utf8');
  }

  #tagged(tag: number, value: number): void {
    this.#buffer[this.#length++] = tag;
    let rest = value;
    while (rest >= 128) {
      this.#buffer[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[this.#length++] = rest;
  }

  #raw(bytes: Uint8Array): void {
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}

function fieldLength(text: string): number {
  if (text === '') return 0;
  const length = Buffer.byteLength(text);
  return 1 + varintLength(length) + length;
}

/** Bytes of an unsigned varint. Times need more than 32 bits, so nothing here shifts. */
function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}

import { journal } from '@clearway/contracts';
import { type AuditEntry, entryLeafHashes } from '@clearway/domain-audit';

/** One event of a source's batch: the bytes are views of the payload, never copies and never re-encoded. */
export interface SourceEvent {
  /** Index of its context in the batch. */
  readonly context: number;
  readonly type: string;
  readonly data: Buffer;
}

/** A source's batch cut into the pieces that it was written in. */
export interface SourceBatch {
  /** Encoded clearway.journal.v1.CommandContext of each command. */
  readonly contexts: readonly Buffer[];
  readonly events: readonly SourceEvent[];
}

/** The payload is no clearway.journal.v1.Batch, or not the one that its row describes. */
export class MalformedBatchError extends Error {
  override readonly name = 'MalformedBatchError';
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const VARINT_BYTES_MAX = 10;
const CONTEXTS_FIELD = 1;
const EVENTS_FIELD = 2;

/**
 * Cuts a payload into contexts and events. The generated codec is not used, because it drops fields that it does not know:
 * a leaf must cover every byte that the source wrote, also when the source is newer than this process.
 * @throws MalformedBatchError
 */
export function sliceBatch(payload: Buffer): SourceBatch {
  const contexts: Buffer[] = [];
  const events: SourceEvent[] = [];
  const field = new FieldCursor(payload);
  while (field.next()) {
    if (field.number === CONTEXTS_FIELD) contexts.push(field.bytes());
    else if (field.number === EVENTS_FIELD) events.push(eventOf(field.bytes()));
  }
  const lost = events.find(({ context }) => context >= contexts.length);
  if (lost !== undefined) throw new MalformedBatchError(`event ${lost.type} names no context of its batch`);
  return { contexts, events };
}

/**
 * Drops the first `count` events of a payload; all else stays byte for byte. A Protobuf message is the sequence of its
 * fields, so leaving some out of a repeated field needs no re-encoding.
 */
export function dropEvents(payload: Buffer, count: number): Buffer {
  const kept: Buffer[] = [];
  const field = new FieldCursor(payload);
  for (let left = count; field.next(); ) {
    if (field.number === EVENTS_FIELD && left-- > 0) continue;
    kept.push(payload.subarray(field.start, field.end));
  }
  return Buffer.concat(kept);
}

/** The audit entries of a batch: what is hashed into leaves and what anyone needs to check one. */
export function entriesOf(sourceShard: string, firstEvent: number, batch: SourceBatch): AuditEntry[] {
  const times = batch.contexts.map((bytes) => journal.CommandContext.decode(bytes).atMicros);
  return batch.events.map(({ context, type, data }, index) => ({
    sourceShard,
    eventNumber: firstEvent + index,
    recordedAtMicros: times[context] ?? 0,
    contextBytes: batch.contexts[context] ?? Buffer.alloc(0),
    eventType: type,
    eventBytes: data,
  }));
}

/** The leaf hashes of a batch's events in order, 32 bytes each. */
export function leafHashesOf(sourceShard: string, firstEvent: number, payload: Buffer): Uint8Array {
  return entryLeafHashes(entriesOf(sourceShard, firstEvent, sliceBatch(payload)));
}

function eventOf(record: Buffer): SourceEvent {
  let context = 0;
  let type = '';
  let data: Buffer = NO_BYTES;
  const field = new FieldCursor(record);
  while (field.next()) {
    if (field.number === 1) context = field.value;
    else if (field.number === 2) type = field.bytes().toString('utf8');
    else if (field.number === 3) data = field.bytes();
  }
  return { context, type, data };
}

const NO_BYTES = Buffer.alloc(0);

/** Walks over the fields of one Protobuf message without building anything: this sees every byte of every service. */
class FieldCursor {
  /** Of the present field: its number, where it begins with its tag, and where it ends. */
  number = 0;
  start = 0;
  end = 0;
  /** What a varint field holds; the length of a length-delimited one. */
  value = 0;
  #bodyStart = 0;
  #at = 0;

  constructor(private readonly message: Buffer) {}

  /** Goes to the next field; false at the end of the message. */
  next(): boolean {
    if (this.end >= this.message.length) return false;
    this.start = this.end;
    this.#at = this.start;
    const tag = this.#varint();
    this.number = Math.floor(tag / 8);
    const wireType = tag % 8;
    const isFixed = wireType === FIXED64 || wireType === FIXED32;
    this.value = isFixed ? 0 : this.#varint();
    this.#bodyStart = this.#at;
    this.end = this.#at + this.#bodyLength(wireType);
    if (this.end > this.message.length)
      throw new MalformedBatchError(`field ${this.number} ends beyond its message`);
    return true;
  }

  /** What the present field holds, as a view; empty for a varint. */
  bytes(): Buffer {
    return this.message.subarray(this.#bodyStart, this.end);
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
    for (
      let scale = 1, left = VARINT_BYTES_MAX;
      left > 0 && this.#at < message.length;
      left--, scale *= 128
    ) {
      const byte = message[this.#at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new MalformedBatchError('a varint does not end');
  }
}

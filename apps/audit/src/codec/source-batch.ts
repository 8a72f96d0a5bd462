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

interface Field {
  readonly number: number;
  /** The field with its tag. */
  readonly whole: Buffer;
  /** What a length-delimited field holds; empty for a varint. */
  readonly bytes: Buffer;
  /** What a varint field holds; 0 for the others. */
  readonly value: number;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const CONTEXTS_FIELD = 1;
const EVENTS_FIELD = 2;

/**
 * Cuts a payload into contexts and events. The generated codec is not used, because it drops fields that it does not know:
 * a leaf must cover every byte that the source wrote, also when the source is newer than this process.
 * @throws MalformedBatchError
 */
export function sliceBatch(payload: Buffer): SourceBatch {
  const fields = fieldsOf(payload);
  const contexts = fields.filter(({ number }) => number === CONTEXTS_FIELD).map(({ bytes }) => bytes);
  const events = fields.filter(({ number }) => number === EVENTS_FIELD).map(({ bytes }) => eventOf(bytes));
  const lost = events.find(({ context }) => contexts[context] === undefined);
  if (lost !== undefined) throw new MalformedBatchError(`event ${lost.type} names no context of its batch`);
  return { contexts, events };
}

/**
 * Drops the first `count` events of a payload; all else stays byte for byte. A Protobuf message is the sequence of its
 * fields, so leaving some out of a repeated field needs no re-encoding.
 */
export function dropEvents(payload: Buffer, count: number): Buffer {
  let left = count;
  const kept = fieldsOf(payload).filter(({ number }) => number !== EVENTS_FIELD || left-- <= 0);
  return Buffer.concat(kept.map(({ whole }) => whole));
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
  let data = record.subarray(0, 0);
  for (const { number, bytes, value } of fieldsOf(record)) {
    if (number === 1) context = value;
    else if (number === 2) type = bytes.toString('utf8');
    else if (number === 3) data = bytes;
  }
  return { context, type, data };
}

function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < message.length; ) {
    const field = fieldAt(message, at);
    fields.push(field);
    at += field.whole.length;
  }
  return fields;
}

function fieldAt(message: Buffer, start: number): Field {
  const tag = varintAt(message, start);
  const number = Math.floor(tag.value / 8);
  const wireType = tag.value % 8;
  if (wireType === VARINT) {
    const { value, end } = varintAt(message, tag.end);
    return { number, whole: message.subarray(start, end), bytes: message.subarray(0, 0), value };
  }
  const from = wireType === LENGTH_DELIMITED ? varintAt(message, tag.end) : { value: 0, end: tag.end };
  const end = from.end + lengthOf(wireType, from.value);
  if (end > message.length) throw new MalformedBatchError(`field ${number} ends beyond its message`);
  return { number, whole: message.subarray(start, end), bytes: message.subarray(from.end, end), value: 0 };
}

function lengthOf(wireType: number, delimited: number): number {
  if (wireType === LENGTH_DELIMITED) return delimited;
  if (wireType === FIXED64) return 8;
  if (wireType === FIXED32) return 4;
  throw new MalformedBatchError(`wire type ${wireType} stands in no Batch`);
}

function varintAt(message: Buffer, start: number): { value: number; end: number } {
  let value = 0;
  for (let at = start, scale = 1; at < message.length && at < start + 10; at++, scale *= 128) {
    const byte = message[at] ?? 0;
    value += (byte & 127) * scale;
    if (byte < 128) return { value, end: at + 1 };
  }
  throw new MalformedBatchError('a varint does not end');
}

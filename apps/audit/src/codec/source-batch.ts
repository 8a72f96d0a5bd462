import { journal } from '@clearway/contracts';
import { type AuditEntry, type EntryPlaces, HASH_BYTES, LeafHasher } from '@clearway/domain-audit';
import { BatchLayout } from './batch-layout';
import { FieldCursor } from './field-cursor';

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

const EVENTS_FIELD = 2;

/**
 * Cuts a payload into contexts and events.
 * @throws MalformedBatchError
 */
export function sliceBatch(payload: Buffer): SourceBatch {
  const layout = new BatchLayout(payload);
  return {
    contexts: Array.from({ length: layout.contextCount }, (_, context) => layout.context(context)),
    events: Array.from({ length: layout.eventCount }, (_, event) => ({
      context: layout.contextOf(event),
      type: layout.type(event),
      data: layout.data(event),
    })),
  };
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

/**
 * The leaf hashes of a batch's events in order, 32 bytes each: those of its `entriesOf`.
 * @throws MalformedBatchError, RangeError for an event that is no audit entry
 */
export function leafHashesOf(sourceShard: string, firstEvent: number, payload: Buffer): Uint8Array {
  const layout = new BatchLayout(payload);
  const times = Array.from(
    { length: layout.contextCount },
    (_, context) => journal.CommandContext.decode(layout.context(context)).atMicros,
  );
  const hasher = hasherOf(sourceShard);
  const hashes = new Uint8Array(layout.eventCount * HASH_BYTES);
  const entry: EntryPlaces = { bytes: payload, ...NO_PLACES };
  for (let event = 0; event < layout.eventCount; event++) {
    const context = layout.contextOf(event);
    entry.eventNumber = firstEvent + event;
    entry.recordedAtMicros = times[context] as number;
    entry.contextStart = layout.contextStart(context);
    entry.contextEnd = layout.contextEnd(context);
    entry.typeStart = layout.typeStart(event);
    entry.typeEnd = layout.typeEnd(event);
    entry.dataStart = layout.dataStart(event);
    entry.dataEnd = layout.dataEnd(event);
    hasher.hashInto(entry, hashes, event * HASH_BYTES);
  }
  return hashes;
}

const NO_PLACES = {
  ...{ eventNumber: 0, recordedAtMicros: 0, contextStart: 0, contextEnd: 0 },
  ...{ typeStart: 0, typeEnd: 0, dataStart: 0, dataEnd: 0 },
};

/** Few shards are followed, each for long; a log has at most 4,096 of them. */
const hashers = new Map<string, LeafHasher>();
const HASHERS_MAX = 64;

function hasherOf(sourceShard: string): LeafHasher {
  const known = hashers.get(sourceShard);
  if (known !== undefined) return known;
  if (hashers.size >= HASHERS_MAX) hashers.clear();
  const hasher = new LeafHasher(sourceShard);
  hashers.set(sourceShard, hasher);
  return hasher;
}

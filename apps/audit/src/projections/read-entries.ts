import { type audit, journal } from '@clearway/contracts';
import { HASH_BYTES } from '@clearway/domain-audit';
import { bufferOf } from '../codec/buffer-of';
import { type SourceEvent, sliceBatch } from '../codec/source-batch';
import { describeEvent, fieldsOf } from './describe-event';
import type { EventFields } from './event-fields';
import { type Ownership, ownershipOf, participantOf } from './ownership';
import { storable } from './storable';
import type { Subject } from './subject-page';
import { traceIdOf } from './trace-id';
import type { PlacedLeaves } from './tree-tables';

/** Who asked, from where, when: of all events of one command. */
interface EntryContext {
  readonly atMicros: number;
  readonly actor: string;
  readonly address: string;
  readonly device: string;
  readonly method: string;
  readonly traceId: string;
}

/** One leaf as it is read again, before anything of its event is decoded. */
export interface StoredEntry extends EntryContext {
  readonly leafIndex: number;
  readonly shard: string;
  readonly eventNumber: number;
  readonly action: string;
  readonly data: Buffer;
  readonly leafHash: Buffer;
}

/** An entry and what it is about. */
export interface ReadEntry {
  readonly stored: StoredEntry;
  readonly fields: EventFields;
}

/** The leaves from the first to the last out of the batches that hold them, in order. */
export function entriesIn(
  batches: readonly PlacedLeaves[],
  firstLeaf: number,
  lastLeaf: number,
): StoredEntry[] {
  return batches.flatMap((batch) => {
    const { contexts, events } = sliceBatch(bufferOf(batch.event.payload));
    const known = new Map<number, EntryContext>();
    const contextOf = (index: number): EntryContext => {
      const context = known.get(index) ?? decodeContext(contexts[index]!);
      known.set(index, context);
      return context;
    };
    const from = Math.max(0, firstLeaf - batch.firstLeaf);
    return events
      .slice(from, Math.max(from, lastLeaf + 1 - batch.firstLeaf))
      .map((event, i) => storedEntry(batch, from + i, event, contextOf(event.context)));
  });
}

function storedEntry(
  { event, firstLeaf }: PlacedLeaves,
  at: number,
  { type, data }: SourceEvent,
  context: EntryContext,
): StoredEntry {
  return {
    ...context,
    leafIndex: firstLeaf + at,
    shard: event.sourceShard,
    eventNumber: event.firstEvent + at,
    action: storable(type),
    data,
    leafHash: bufferOf(event.leafHashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)),
  };
}

function decodeContext(bytes: Buffer): EntryContext {
  const { atMicros, actor, address, device, traceparent, method } = journal.CommandContext.decode(bytes);
  return {
    atMicros,
    actor: storable(actor),
    address: storable(address),
    device: storable(device),
    method: storable(method),
    traceId: traceIdOf(traceparent),
  };
}

/** Says what an entry is about. */
export function readEntry(stored: StoredEntry): ReadEntry {
  return { stored, fields: fieldsOf(stored.shard, stored.action, stored.data) };
}

/** Says whose it is, by what is known of subjects now. */
export function ownerOf(
  { stored, fields }: ReadEntry,
  subjectOf: (ref: string) => Subject | undefined,
): Ownership {
  return ownershipOf(fields, participantOf(stored.actor), subjectOf);
}

/** The entry as it is answered: with its content, sensitive fields masked. */
export function answerOf({ stored }: ReadEntry, owned: Ownership): audit.AuditEntry {
  const { data, ...shown } = stored;
  const { detailJson, resource, result } = describeEvent(stored.shard, stored.action, data);
  const accounts = owned.accounts.map(storable);
  return {
    ...shown,
    resource: storable(resource),
    result,
    account: accounts[0] ?? '',
    detailJson,
    riskScore: 0,
    orders: owned.orders.map(storable),
    accounts,
    participants: [...owned.participants],
  };
}

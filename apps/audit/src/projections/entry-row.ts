import { journal } from '@clearway/contracts';
import { HASH_BYTES, type LeavesAppended } from '@clearway/domain-audit';
import { type SourceBatch, sliceBatch } from '../codec/source-batch';
import { describeEvent } from './describe-event';
import type { EventFields } from './event-fields';

/** One row of audit_entries, in the columns' order. */
export interface EntryRow {
  readonly leafIndex: number;
  readonly atMicros: number;
  readonly shard: string;
  readonly eventNumber: number;
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly address: string;
  readonly device: string;
  readonly result: string;
  readonly account: string;
  readonly traceId: string;
  readonly method: string;
  readonly detailJson: string;
  readonly leafHash: Uint8Array;
  /** What says whose it is; see EventFields. */
  readonly fields: EventFields;
}

/** The rows of one appended batch; its first leaf has the given index. */
export function rowsOf(event: LeavesAppended, firstLeaf: number): EntryRow[] {
  const batch = sliceBatch(Buffer.from(event.payload));
  const contexts = batch.contexts.map((bytes) => journal.CommandContext.decode(bytes));
  return batch.events.map((_, index) => rowOf(event, batch, contexts, firstLeaf, index));
}

function rowOf(
  { sourceShard, firstEvent, leafHashes }: LeavesAppended,
  { events }: SourceBatch,
  contexts: readonly journal.CommandContext[],
  firstLeaf: number,
  index: number,
): EntryRow {
  const { context: contextIndex, type, data } = events[index]!;
  const { atMicros, actor, address, device, traceparent, method } = contexts[contextIndex]!;
  const { detailJson, ...fields } = describeEvent(sourceShard, type, data);
  const { resource, account, result } = fields;
  return {
    leafIndex: firstLeaf + index,
    atMicros,
    shard: sourceShard,
    eventNumber: firstEvent + index,
    actor: storable(actor),
    action: storable(type),
    resource: storable(resource),
    address: storable(address),
    device: storable(device),
    result,
    account: storable(account),
    traceId: traceIdOf(traceparent),
    method: storable(method),
    detailJson,
    leafHash: leafHashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
    fields,
  };
}

/** Postgres stores no NUL character in a text; the leaf's bytes still have it. JSON escapes its own. */
export function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}

const TRACEPARENT_PATTERN = /^[0-9a-f]{2}-([0-9a-f]{32})-/;

function traceIdOf(traceparent: string): string {
  return TRACEPARENT_PATTERN.exec(traceparent)?.[1] ?? '';
}

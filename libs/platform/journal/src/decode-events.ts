import { journal } from '@clearway/contracts';
import type { CommittedBatch } from './committed-batch';
import { type EventCodec, PLATFORM_TYPE_PREFIX } from './event-codec';

/** One event as a reader of the journal gets it. */
export interface JournaledEvent<Event> {
  /** Its number in the shard's journal, from 0. */
  readonly number: number;
  readonly type: string;
  readonly event: Event;
  /** Who caused it, from where and when. */
  readonly context: journal.CommandContext;
}

/**
 * Decodes a batch's events from number `fromEvent` on, without the platform's own notes, and only those of the given types if any are
 * given. It throws when the payload holds
 * another number of events than its row says, or an event names a context that is not there.
 */
export function decodeEvents<Event>(
  batch: CommittedBatch,
  codec: EventCodec<Event>,
  fromEvent = 0,
  types?: ReadonlySet<string>,
): JournaledEvent<Event>[] {
  const { contexts, events: records } = decodeBatch(batch);
  const decoded: JournaledEvent<Event>[] = [];
  for (let i = Math.max(0, fromEvent - batch.firstEvent); i < records.length; i++) {
    const { type, data, context: index } = records[i]!;
    if (types?.has(type) === false || type.startsWith(PLATFORM_TYPE_PREFIX)) continue;
    const context = contexts[index];
    if (context === undefined) throw new RangeError(`Event ${batch.firstEvent + i} has no context`);
    decoded.push({ number: batch.firstEvent + i, type, event: codec.decode(type, data), context });
  }
  return decoded;
}

/** Decodes a batch's payload and compares its events with the row's count. */
export function decodeBatch(batch: CommittedBatch): journal.Batch {
  const decoded = journal.Batch.decode(batch.payload);
  if (decoded.events.length !== batch.eventCount) {
    throw new RangeError(
      `Batch ${batch.sequence} of ${batch.shard} holds ${decoded.events.length} events, not ${batch.eventCount}`,
    );
  }
  return decoded;
}

import { type Append, HASH_BYTES } from '@clearway/domain-audit';
import { type CommittedBatch, crc32c } from '@clearway/platform-journal';
import { dropEvents, leafHashesOf } from '../codec/source-batch';

/** What a source sent is not what its journal says, or not what was asked for. Asking again is the only cure. */
export class SourceBatchError extends Error {
  override readonly name = 'SourceBatchError';
  readonly problem: 'OTHER_SHARD' | 'GAP' | 'CORRUPT' | 'EVENT_COUNT';

  constructor(batch: CommittedBatch, problem: SourceBatchError['problem'], detail: string) {
    super(`batch ${batch.sequence} of ${batch.shard}: ${detail}`);
    this.problem = problem;
  }
}

/**
 * Makes the command that appends a source's batch where its next event is expected: undefined when all of it is in the tree
 * already, without its first events when some are. A feed begins with the batch that holds the event asked for, so such
 * overlaps are ordinary after a reconnect.
 * @throws SourceBatchError when the batch is damaged or does not reach back to the expected event
 */
export function appendOf(
  sourceShard: string,
  batch: CommittedBatch,
  expectedEvent: number,
): Append | undefined {
  const { shard, firstEvent, eventCount } = batch;
  if (shard !== sourceShard) throw new SourceBatchError(batch, 'OTHER_SHARD', `${sourceShard} was asked for`);
  if (firstEvent + eventCount <= expectedEvent) return undefined;
  if (firstEvent > expectedEvent)
    throw new SourceBatchError(batch, 'GAP', `it begins at event ${firstEvent}, not ${expectedEvent}`);
  const payload = wholePayload(batch, expectedEvent - firstEvent);
  const leafHashes = leafHashesOf(shard, expectedEvent, payload);
  const expectedCount = firstEvent + eventCount - expectedEvent;
  if (leafHashes.length !== expectedCount * HASH_BYTES)
    throw new SourceBatchError(batch, 'EVENT_COUNT', `its payload does not hold ${eventCount} events`);
  return { kind: 'Append', sourceShard, firstEvent: expectedEvent, leafHashes, payload };
}

function wholePayload(batch: CommittedBatch, droppedEvents: number): Buffer {
  const { payload } = batch;
  if (crc32c(payload) !== batch.crc32c)
    throw new SourceBatchError(batch, 'CORRUPT', 'its checksum does not fit');
  return droppedEvents === 0 ? payload : dropEvents(payload, droppedEvents);
}

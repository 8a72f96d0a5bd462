import type { CommittedBatch } from '@clearway/platform-journal';
import { RpcError } from '@clearway/platform-rpc';
import type { ServiceProcess } from './service-process';

/** Most batches of one answer, and how long a reader that has caught up waits for the next one. */
const BATCHES_MAX = 8;
const WAIT_MS = 400;

/** Where a reader of a feed stands. */
export interface ReadFeed {
  readonly fromEvent: number;
}

/**
 * Answers the next batches of a shard's real feed, or none when nothing comes for a while. Pages stand in for the stream of
 * FeedService: the order, the overlap with the cursor and the loss of an answer are the same.
 */
export async function readFeed(process: ServiceProcess, { fromEvent }: ReadFeed): Promise<CommittedBatch[]> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), WAIT_MS);
  const batches: CommittedBatch[] = [];
  try {
    for await (const batch of process.shard.feed.subscribe(fromEvent, { signal: abort.signal })) {
      batches.push(batch);
      const next = batch.firstEvent + batch.eventCount;
      if (batches.length >= BATCHES_MAX || next >= process.shard.durablePosition().nextEvent) break;
    }
  } finally {
    clearTimeout(timer);
  }
  if (batches.length === 0 && !abort.signal.aborted) throw new RpcError('DRAINING');
  return batches;
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { CommittedBatch } from './committed-batch';
import { EventBeyondHeadError } from './errors';
import type { ShardJournal } from './journal';

/** Whatever gives a shard's committed batches in order: a live shard's feed, the journal's tables, another service's feed. */
export interface BatchSource {
  /**
   * Gives the batches from the one that holds `fromEvent` on (it may begin before that event), without gap or duplicate,
   * and goes on for ever; it ends when the signal is aborted.
   */
  subscribe(fromEvent: number, options: { readonly signal: AbortSignal }): AsyncIterable<CommittedBatch>;
}

const READ_BATCHES_MAX = 128;
const POLL_INTERVAL_MS_DEFAULT = 50;

/**
 * Reads a shard's journal from Postgres, asking again and again once it has caught up. For consumers in another process than
 * the shard's; in the same one, the shard's own feed is cheaper and quicker.
 */
export function pollingSource(
  journal: Pick<ShardJournal, 'readBatches' | 'readHead'>,
  shard: string,
  pollIntervalMs = POLL_INTERVAL_MS_DEFAULT,
): BatchSource {
  return {
    async *subscribe(fromEvent, { signal }) {
      const { nextEvent } = await journal.readHead(shard);
      if (fromEvent > nextEvent) throw new EventBeyondHeadError(shard, fromEvent, nextEvent);
      let cursor = fromEvent;
      while (!signal.aborted) {
        const batches = await journal.readBatches(shard, cursor, READ_BATCHES_MAX);
        for (const batch of batches) {
          if (signal.aborted) return;
          yield batch;
          cursor = batch.firstEvent + batch.eventCount;
        }
        if (batches.length === 0) await pause(pollIntervalMs, signal);
      }
    },
  };
}

/** Also over at once when the signal has been aborted before. */
async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal }).catch(() => undefined);
}

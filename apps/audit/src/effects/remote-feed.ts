import type { journal } from '@clearway/contracts';
import type { BatchSource, CommittedBatch } from '@clearway/platform-journal';
import type { RpcClient } from '@clearway/platform-rpc';

/** The largest batch that is taken from a source, in bytes: a journal's batches are far smaller. */
export const FEED_MESSAGE_BYTES_MAX = 33_554_432;

/**
 * A shard's journal as another service's FeedService streams it. A subscription fails when the connection does; whoever
 * follows subscribes again from where it stands.
 */
export function remoteFeed(
  client: Pick<RpcClient<typeof journal.FeedServiceService>, 'stream'>,
  shard: string,
): BatchSource {
  return {
    subscribe: (fromEvent, { signal }): AsyncIterable<CommittedBatch> =>
      client.stream('subscribe', { shard, fromEvent }, { signal }),
  };
}

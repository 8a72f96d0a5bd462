import { journal } from '@clearway/contracts';
import type { BatchSource, CommittedBatch } from '@clearway/platform-journal';
import { RpcClient } from '@clearway/platform-rpc';
import { type ShardDirectory, shardIndexIn } from '@clearway/platform-sharding';

/** The largest batch that is taken from a source, in bytes: a journal's batches are far smaller. */
export const FEED_MESSAGE_BYTES_MAX = 33_554_432;

/**
 * A shard's journal as its owner's FeedService streams it. A subscription fails when the connection does or the shard moves;
 * whoever follows subscribes again from where it stands, at the owner of that moment.
 */
export function remoteFeed(directory: Pick<ShardDirectory, 'channelOf'>, shard: string): BatchSource {
  const index = shardIndexIn(shard.slice(0, shard.indexOf('/')), shard) ?? 0;
  return {
    subscribe: (fromEvent, { signal }): AsyncIterable<CommittedBatch> =>
      new RpcClient(directory.channelOf(index), journal.FeedServiceService).stream(
        'subscribe',
        { shard, fromEvent },
        { signal },
      ),
  };
}

import { journal } from '@clearway/contracts';
import { addressText } from '@clearway/platform-config';
import { createRpcClient } from '@clearway/platform-rpc';
import { type Stoppable, serviceTlsFiles } from '@clearway/platform-service';
import type { AuditCore } from '../audit-core';
import type { AuditSettings, SourceAddress } from '../config';
import type { AppendLane } from './append-lane';
import { followerMetrics, treeMetrics } from './follower-metrics';
import { FEED_MESSAGE_BYTES_MAX, remoteFeed } from './remote-feed';
import { SourceFollower } from './source-follower';

/** Starts to follow every source; none of them has to be there yet. */
export function startFollowers(core: AuditCore, settings: AuditSettings, lane: AppendLane): Stoppable {
  const sources = settings.CLEARWAY_SOURCES.map((source) => openSource(core, settings, lane, source));
  const followers = sources.map(({ follower }) => follower);
  followerMetrics(followers);
  treeMetrics(core);
  for (const follower of followers) follower.start();
  return {
    stop: async () => {
      await Promise.all(followers.map(async (follower) => follower.stop()));
      for (const { client } of sources) client.close();
    },
  };
}

function openSource(core: AuditCore, settings: AuditSettings, lane: AppendLane, source: SourceAddress) {
  const { shard, addresses } = source;
  const client = createRpcClient(journal.FeedServiceClient, {
    address: addresses.map(addressText),
    tls: serviceTlsFiles(settings),
    expect: `svc/${shard.slice(0, shard.indexOf('/'))}`,
    log: core.log,
    receiveMessageBytesMax: FEED_MESSAGE_BYTES_MAX,
  });
  const { actor } = core.ownContext('');
  const follower = new SourceFollower({
    shard,
    source: remoteFeed(client, shard),
    appender: lane,
    actor,
    log: core.log,
  });
  return { client, follower };
}

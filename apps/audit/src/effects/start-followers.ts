import { type Address, addressText } from '@clearway/platform-config';
import { type Stoppable, serviceTlsFiles } from '@clearway/platform-service';
import { ShardDirectory } from '@clearway/platform-sharding';
import type { AuditCore } from '../audit-core';
import type { AuditSettings } from '../config';
import type { AppendLane } from './append-lane';
import { followerMetrics, treeMetrics } from './follower-metrics';
import { FEED_MESSAGE_BYTES_MAX, remoteFeed } from './remote-feed';
import { SourceFollower } from './source-follower';

/** Starts to follow every source; none of them has to be there yet. */
export function startFollowers(core: AuditCore, settings: AuditSettings, lane: AppendLane): Stoppable {
  const directories = openDirectories(core, settings);
  const followers = settings.CLEARWAY_SOURCES.map(({ shard }) => follower(core, lane, directories, shard));
  followerMetrics(core.figures, followers);
  treeMetrics(core);
  for (const follower of followers) follower.start();
  return {
    stop: async () => {
      await Promise.all(followers.map(async (follower) => follower.stop()));
      for (const directory of directories.values()) directory.close();
    },
  };
}

/** One directory a service: wherever its shards move, their feeds are found. */
function openDirectories(core: AuditCore, settings: AuditSettings): ReadonlyMap<string, ShardDirectory> {
  const seedsOf = new Map<string, Address[]>();
  for (const { shard, addresses } of settings.CLEARWAY_SOURCES) {
    const service = serviceOf(shard);
    const seeds = seedsOf.get(service) ?? [];
    const isNew = (address: Address) => !seeds.some((seed) => addressText(seed) === addressText(address));
    seedsOf.set(service, [...seeds, ...addresses.filter(isNew)]);
  }
  const how = {
    tls: serviceTlsFiles(settings),
    log: core.log,
    receiveMessageBytesMax: FEED_MESSAGE_BYTES_MAX,
  };
  const open = (service: string, seeds: Address[]) => new ShardDirectory({ service, seeds, ...how });
  return new Map([...seedsOf].map(([service, seeds]) => [service, open(service, seeds)]));
}

function follower(
  core: AuditCore,
  lane: AppendLane,
  directories: ReadonlyMap<string, ShardDirectory>,
  shard: string,
): SourceFollower {
  const directory = directories.get(serviceOf(shard));
  if (directory === undefined) throw new Error(`no directory is open for ${shard}`);
  const { actor } = core.ownContext('');
  const source = remoteFeed(directory, shard);
  return new SourceFollower({ shard, source, appender: lane, actor, log: core.log });
}

function serviceOf(shard: string): string {
  return shard.slice(0, shard.indexOf('/'));
}

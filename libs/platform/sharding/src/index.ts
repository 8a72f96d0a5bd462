export { type Allowance, balancedJournal, LeaseCounter } from './balanced-journal';
export { ShardCountChangedError } from './errors';
export type { LocalShard } from './local-shard';
export { OwnerChannels } from './owner-channels';
export { routedServices } from './routed-services';
export {
  type BidiRoute,
  type OpenLeg,
  type RouteTable,
  routesOf,
  type ServiceRoutes,
  type ShardTarget,
  type SplitParts,
  type StreamLeg,
  type StreamRoute,
  type UnaryRoute,
} from './routes';
export { ShardDirectory, type ShardDirectoryOptions } from './shard-directory';
export { type MapSource, shardDirectoryService } from './shard-directory.service';
export { SHARDS_MAX, shardIdOf, shardIndexIn, shardIndexOf } from './shard-key';
export type { ShardMap, ShardMember, ShardOwner } from './shard-map';
export { BEAT_EVERY_MS, type MembershipPorts, ShardMembership } from './shard-membership';
export { mergePages, type PageOrder, pageTokenOf, type ShardPage } from './shard-pages';
export { MEMBER_TTL_MS, type RegistryIdentity, ShardRegistry } from './shard-registry';
export { HOLD_MAX_MS, type RouterPorts, ShardRouter } from './shard-router';
export { shardingMigrations } from './sharding-migrations';

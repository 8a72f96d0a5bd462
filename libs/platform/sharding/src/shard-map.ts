import type { common } from '@clearway/contracts';

/** Who serves one shard now. */
export interface ShardOwner {
  /** HOST:PORT where it is reached. */
  readonly address: string;
  readonly instance: string;
}

/** One running process of a service, owner or standby. */
export interface ShardMember {
  readonly instance: string;
  readonly address: string;
}

/** A service's shards and processes at one moment. */
export interface ShardMap {
  /** Short name, for example `risk`. */
  readonly service: string;
  readonly shardCount: number;
  /** By index; undefined where nobody serves. */
  readonly owners: readonly (ShardOwner | undefined)[];
  readonly members: readonly ShardMember[];
}

/** The map as it stands on the wire. */
export function shardMapToWire({ service, shardCount, owners, members }: ShardMap): common.ShardMap {
  const shards = owners.map((owner, index) => ({
    shard: `${service}/${index}`,
    address: owner?.address ?? '',
    instance: owner?.instance ?? '',
  }));
  return { service, shardCount, shards, members: [...members] };
}

/** Reads a map from the wire; undefined for one that cannot be right. */
export function shardMapFromWire(wire: common.ShardMap | undefined): ShardMap | undefined {
  if (wire === undefined || wire.shardCount < 1 || wire.shards.length !== wire.shardCount) return undefined;
  const { service, shardCount, members } = wire;
  const owners = wire.shards.map(({ address, instance }) =>
    address === '' ? undefined : { address, instance },
  );
  return { service, shardCount, owners, members };
}

/** Whether two maps say the same. */
export function isSameMap(left: ShardMap, right: ShardMap): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

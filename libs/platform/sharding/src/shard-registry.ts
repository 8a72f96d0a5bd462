import { LEASE_TTL_MS } from '@clearway/platform-journal';
import type { Pool } from 'pg';
import { ShardCountChangedError } from './errors';
import { shardIndexIn } from './shard-key';
import type { ShardMap, ShardMember, ShardOwner } from './shard-map';

/** How long a process counts as running after its last word, by the database's clock: as long as its leases live. */
export const MEMBER_TTL_MS = LEASE_TTL_MS;
/** Rows of processes that went without a word are removed after this. */
const FORGOTTEN_AFTER_MS = 60_000;

const RECORD = 'INSERT INTO shard_settings (shard_count) VALUES ($1) ON CONFLICT DO NOTHING';
/** A journal from before there was a number of shards has one. */
const BEGUN = `SELECT coalesce((SELECT shard_count FROM shard_settings),
  CASE WHEN EXISTS (SELECT 1 FROM journal_batches) THEN 1 END) AS count`;
const FORGET = `DELETE FROM shard_members
  WHERE expires_at < clock_timestamp() - ${FORGOTTEN_AFTER_MS} * interval '1 millisecond'`;
const SAY = `INSERT INTO shard_members (instance, address, serving, expires_at)
  VALUES ($1, $2, $3, clock_timestamp() + ${MEMBER_TTL_MS} * interval '1 millisecond')
  ON CONFLICT (instance) DO UPDATE SET address = excluded.address, serving = excluded.serving,
    expires_at = excluded.expires_at`;
const LEAVE = 'DELETE FROM shard_members WHERE instance = $1';
const LOOK = `SELECT
  (SELECT coalesce(json_agg(m ORDER BY m.joined_at, m.instance), '[]') FROM
    (SELECT instance, address, serving, joined_at FROM shard_members WHERE expires_at > clock_timestamp()) m) AS members,
  (SELECT coalesce(json_agg(l), '[]') FROM
    (SELECT shard, owner FROM journal_leases WHERE expires_at > clock_timestamp()) l) AS leases`;

interface MemberRow {
  readonly instance: string;
  readonly address: string;
  readonly serving: readonly number[];
}

interface LeaseRow {
  readonly shard: string;
  readonly owner: string;
}

/** Who this process is to the others of its service. */
export interface RegistryIdentity {
  /** Short name of the service, for example `risk`. */
  readonly service: string;
  /** Owner of its leases; unique among running processes. */
  readonly instance: string;
  readonly shardCount: number;
}

/**
 * Which processes of one service run, where they are reached and what they serve: rows beside the leases in the service's
 * own database. Nothing rests on it but finding each other and sharing the work; who may write is the leases' word alone.
 */
export class ShardRegistry {
  constructor(
    private readonly pool: Pool,
    readonly identity: RegistryIdentity,
  ) {}

  /** Records the number of shards at the first start. @throws ShardCountChangedError when it was another then */
  async open(): Promise<void> {
    const { service, shardCount } = this.identity;
    const { rows } = await this.pool.query<{ count: number | null }>(BEGUN);
    const begun = rows[0]?.count ?? shardCount;
    await this.pool.query(RECORD, [begun]);
    const { rows: recorded } = await this.pool.query<{ count: number | null }>(BEGUN);
    const count = recorded[0]?.count ?? begun;
    if (count !== shardCount) throw new ShardCountChangedError(service, count, shardCount);
    await this.pool.query(FORGET);
  }

  /** Says that this process runs, where, and which shards it serves. */
  async say(address: string, serving: readonly number[]): Promise<void> {
    await this.pool.query(SAY, [this.identity.instance, address, serving]);
  }

  /** Says that this process is going, so that the others need not wait until its word expires. */
  async leave(): Promise<void> {
    await this.pool.query(LEAVE, [this.identity.instance]);
  }

  /** Looks who runs and who serves what. */
  async look(): Promise<ShardMap> {
    const { service, shardCount } = this.identity;
    const { rows } = await this.pool.query<{ members: MemberRow[]; leases: LeaseRow[] }>(LOOK);
    const { members, leases } = rows[0]!;
    const owners = Array.from({ length: shardCount }, (): ShardOwner | undefined => undefined);
    for (const { shard, owner } of leases) {
      const index = shardIndexIn(service, shard);
      const member = members.find(({ instance }) => instance === owner);
      if (index === undefined || index >= shardCount || !member?.serving.includes(index)) continue;
      owners[index] = { address: member.address, instance: member.instance };
    }
    const known = members.map(({ instance, address }): ShardMember => ({ instance, address }));
    return { service, shardCount, owners, members: known };
  }
}

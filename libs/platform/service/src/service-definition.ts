import type { Machine } from '@clearway/kernel';
import type { EventCodec, JournaledEvent } from '@clearway/platform-journal';
import type { Migration } from '@clearway/platform-postgres';
import type { RpcService } from '@clearway/platform-rpc';
import type { ShardLimits } from '@clearway/platform-shard';
import type { ServiceRoutes } from '@clearway/platform-sharding';
import type { PoolClient } from 'pg';
import type { ServiceCore, ServiceIdentity } from './service-core';

/** Something that was started beside the shard: it is stopped before the shard is. */
export interface Stoppable {
  stop(): void | Promise<void>;
}

/** One read model of the service's own journal: SQL tables that follow its events. */
export interface ReadModel<Event> {
  /** Part of the cursor's key: a new name builds the tables anew from the first event. */
  readonly name: string;
  /** Writes the events' rows inside the transaction that moves the cursor; see ProjectionOptions of platform-projection. */
  readonly apply: (
    events: readonly JournaledEvent<Event>[],
    client: PoolClient,
    shard: string,
  ) => Promise<void>;
  /** The types of the events that it is about; others are not even decoded. Default: all. */
  readonly types?: ReadonlySet<string>;
  /** What its tables need besides the migrations when they are built in a scratch schema, to compare them. */
  readonly scratchSql?: string;
  /** By table: a query over it whose rows are compared instead of its own, where those depend on how events were gathered. */
  readonly comparedAs?: Readonly<Record<string, (table: string) => string>>;
}

/** Everything that makes one service: what a service's `wiring.ts` returns. */
export interface ServiceDefinition<State, Command, Event, Outcome, Output = never>
  extends ServiceIdentity<State> {
  readonly machine: Machine<State, Command, Event, Outcome, Output>;
  readonly codec: EventCodec<Event>;
  /** Tables of the service's own read models; those of the journal and the projections come before them. */
  readonly migrations: readonly Migration[];
  /** Read models that follow the service's journal while it owns the shard. */
  readonly readModels?: readonly ReadModel<Event>[];
  /** Read models that the service runs by itself; named here so that they can be rebuilt and compared. */
  readonly ownReadModels?: readonly ReadModel<Event>[];
  /**
   * How each call finds its shard; without them the service has one shard, and a process that does not own it refuses with
   * NOT_READY instead of handing calls on.
   */
  readonly routes?: readonly ServiceRoutes[];
  /** The services that it serves, asked for once a shard. Health, reflection and the shard directory come with the server. */
  rpcServices(core: ServiceCore<State, Command, Event, Outcome, Output>): readonly RpcService[];
  /**
   * Starts what works beside the shard, in order: saga runtimes, followers of other feeds. It is called once
   * the shard serves, before health says so; what it returns is stopped in reverse order.
   */
  started?(core: ServiceCore<State, Command, Event, Outcome, Output>): Promise<readonly Stoppable[]>;
  /** Compiled entry file of the snapshot worker (see `runSnapshotWorker`); without it no snapshots are taken. */
  readonly snapshotWorkerFile?: string;
  /** Events between two snapshots, where an event is more work than usual. */
  readonly snapshotEveryEvents?: number;
  readonly shardLimits?: Partial<ShardLimits>;
}

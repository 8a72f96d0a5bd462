import type { Machine } from '@clearway/kernel';
import type { EventCodec } from '@clearway/platform-journal';
import type { Migration } from '@clearway/platform-postgres';
import type { RpcService } from '@clearway/platform-rpc';
import type { ShardLimits } from '@clearway/platform-shard';
import type { ServiceCore } from './service-core';
import type { ServiceSettings } from './service-settings';

/** Something that was started beside the shard: it is stopped before the shard is. */
export interface Stoppable {
  stop(): void | Promise<void>;
}

/** Sagas of a host, for journal positions: comparisons across services are exact when none is live. */
export interface SagaCounts {
  readonly live: number;
  readonly parked: number;
}

/** Everything that makes one service: what a service's `wiring.ts` returns. */
export interface ServiceDefinition<State, Command, Event, Outcome, Output = never> {
  /** Short name, for example `risk`; the shard is `risk/0`. */
  readonly name: string;
  readonly settings: ServiceSettings;
  readonly machine: Machine<State, Command, Event, Outcome, Output>;
  readonly codec: EventCodec<Event>;
  /** Tables of the service's own read models; those of the journal and the projections come before them. */
  readonly migrations: readonly Migration[];
  /** The services that it serves. Health and reflection come with the server. */
  rpcServices(core: ServiceCore<State, Command, Event, Outcome, Output>): readonly RpcService[];
  /**
   * Starts what works beside the shard, in order: projections, saga runtimes, followers of other feeds. It is called once
   * the shard serves, before health says so; what it returns is stopped in reverse order.
   */
  started?(core: ServiceCore<State, Command, Event, Outcome, Output>): Promise<readonly Stoppable[]>;
  /** Live and parked sagas of a host; a service that hosts none leaves it out. */
  sagaCounts?(state: State): SagaCounts;
  /** Compiled entry file of the snapshot worker (see `runSnapshotWorker`); without it no snapshots are taken. */
  readonly snapshotWorkerFile?: string;
  readonly shardLimits?: Partial<ShardLimits>;
}

import type { common } from '@clearway/contracts';
import type { CommandContextInput } from '@clearway/platform-journal';
import type { Projection } from '@clearway/platform-projection';
import type { RedisLink } from '@clearway/platform-redis';
import { type CallContext, RpcError } from '@clearway/platform-rpc';
import type { Shard } from '@clearway/platform-shard';
import { Figures, type Logger, NO_TRACING, outsideTrace, type Tracing } from '@clearway/platform-telemetry';
import type { Pool } from 'pg';
import { withRpcErrors } from './service-errors';
import type { ServiceSettings } from './service-settings';

const CAUGHT_UP_TIMEOUT_MS = 2_000;

/** Sagas of a host, for journal positions: comparisons across services are exact when none is live. */
export interface SagaCounts {
  readonly live: number;
  readonly parked: number;
}

/** Who a service is and how it was set up. */
export interface ServiceIdentity<State> {
  /** Short name, for example `risk`; the shard is `risk/0`. */
  readonly name: string;
  readonly settings: ServiceSettings;
  /** Live and parked sagas of a host; a service that hosts none leaves it out. */
  readonly sagaCounts?: (state: State) => SagaCounts;
}

/** What a reader saw, and which prefix of the journal it saw it of. */
export interface ReadAt<T> {
  readonly position: common.JournalPosition;
  readonly value: T;
}

/** What every core of a process shares. */
export interface CoreParts {
  readonly pool: Pool;
  readonly log: Logger;
  readonly tracing?: Tracing;
  readonly redis?: RedisLink | undefined;
}

/** What handlers, projections and effects of a service work with. */
export class ServiceCore<State, Command, Event, Outcome, Output = never> {
  /** The running read models by name, empty until the shard serves. */
  readonly readModels = new Map<string, Projection<Event>>();
  /** What is shown of this life of the shard; taken back with it. */
  readonly figures = new Figures();

  /** Connections of the role that the service works as, for read models. */
  readonly pool: Pool;
  readonly log: Logger;
  /** The way to spans, for what is traced beside the calls themselves. */
  readonly tracing: Tracing;
  /** The way to what processes share; undefined where there is none. Nothing may wait for it. */
  readonly redis: RedisLink | undefined;

  constructor(
    private readonly identity: ServiceIdentity<State>,
    readonly shard: Shard<State, Command, Event, Outcome, Output>,
    { pool, log, tracing = NO_TRACING, redis }: CoreParts,
  ) {
    this.pool = pool;
    this.log = log;
    this.tracing = tracing;
    this.redis = redis;
  }

  /** The settings that the service was started with. */
  get settings(): ServiceSettings {
    return this.identity.settings;
  }

  /** Id of the service's shard, for example `risk/0`. */
  get shardId(): string {
    return this.shard.id;
  }

  /**
   * Decides a caller's command; resolves once its outcome is durable. Rejects with RpcError.
   * @param traceparent stands in the journal for what the command belongs to; the call's own when left out
   */
  submit(command: Command, call: CallContext, traceparent?: string): Promise<Outcome> {
    const own = call.toCommandContext();
    const context =
      traceparent === undefined || traceparent === own.traceparent ? own : { ...own, traceparent };
    if (call.span === undefined) return withRpcErrors(this.shard.submit(command, context));
    return withRpcErrors(outsideTrace(() => this.shard.submit(command, context)));
  }

  /** Decides a command that the service itself gives, for example a tick. Rejects with RpcError. */
  submitOwn(command: Command, cause: string): Promise<Outcome> {
    return withRpcErrors(this.shard.submit(command, this.ownContext(cause)));
  }

  /** Reads durable state; `view` must copy what it returns. Rejects with RpcError. */
  read<T>(view: (state: State) => T): Promise<T> {
    return withRpcErrors(this.shard.read(view));
  }

  /**
   * Looks at one thing of the state and gives a copy once it is durable, without holding up the commands: for what is asked
   * often. `view` must do nothing but copy. Rejects with RpcError.
   */
  look<T>(view: (state: State) => T): Promise<T> {
    return withRpcErrors(this.shard.look(view));
  }

  /** Reads durable state together with the journal position that it is the state of. Rejects with RpcError. */
  readAt<T>(view: (state: State) => T): Promise<ReadAt<T>> {
    return this.read((state) => {
      const sagas = this.identity.sagaCounts?.(state) ?? { live: 0, parked: 0 };
      const position = {
        shard: this.shardId,
        nextEvent: this.shard.durablePosition().nextEvent,
        liveSagas: sagas.live,
        parkedSagas: sagas.parked,
      };
      return { position, value: view(state) };
    });
  }

  /**
   * Waits until a read model shows everything that is durable now, for queries that must see what their caller wrote.
   * Rejects with RpcError NOT_READY when it takes too long.
   */
  async caughtUp(readModel: string, timeoutMs = CAUGHT_UP_TIMEOUT_MS): Promise<void> {
    const { nextEvent } = this.shard.durablePosition();
    const caughtUp = this.readModels.get(readModel)?.caughtUp(nextEvent, timeoutMs);
    await caughtUp?.catch((cause: unknown) => {
      throw new RpcError('NOT_READY', `The read model ${readModel} is behind.`, {}, { cause });
    });
  }

  /** Context of commands that the service gives itself. */
  ownContext(cause: string): CommandContextInput {
    const actor = `spiffe://clearway/svc/${this.identity.name}`;
    return { actor, address: '', device: '', traceparent: '', method: cause };
  }
}

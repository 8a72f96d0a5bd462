import type { common } from '@clearway/contracts';
import type { CommandContextInput } from '@clearway/platform-journal';
import type { CallContext } from '@clearway/platform-rpc';
import type { Shard } from '@clearway/platform-shard';
import type { Logger } from '@clearway/platform-telemetry';
import type { Pool } from 'pg';
import type { ServiceDefinition } from './service-definition';
import { withRpcErrors } from './service-errors';
import type { ServiceSettings } from './service-settings';

/** What a reader saw, and which prefix of the journal it saw it of. */
export interface ReadAt<T> {
  readonly position: common.JournalPosition;
  readonly value: T;
}

/** What handlers, projections and effects of a service work with. */
export class ServiceCore<State, Command, Event, Outcome, Output = never> {
  constructor(
    readonly definition: ServiceDefinition<State, Command, Event, Outcome, Output>,
    readonly shard: Shard<State, Command, Event, Outcome, Output>,
    /** Connections of the role that the service works as, for read models. */
    readonly pool: Pool,
    readonly log: Logger,
  ) {}

  /** The settings that the service was started with. */
  get settings(): ServiceSettings {
    return this.definition.settings;
  }

  /** Id of the service's shard, for example `risk/0`. */
  get shardId(): string {
    return this.shard.id;
  }

  /** Decides a caller's command; resolves once its outcome is durable. Rejects with RpcError. */
  submit(command: Command, call: CallContext): Promise<Outcome> {
    return withRpcErrors(this.shard.submit(command, call.toCommandContext()));
  }

  /** Decides a command that the service itself gives, for example a tick. Rejects with RpcError. */
  submitOwn(command: Command, cause: string): Promise<Outcome> {
    return withRpcErrors(this.shard.submit(command, this.ownContext(cause)));
  }

  /** Reads durable state; `view` must copy what it returns. Rejects with RpcError. */
  read<T>(view: (state: State) => T): Promise<T> {
    return withRpcErrors(this.shard.read(view));
  }

  /** Reads durable state together with the journal position that it is the state of. Rejects with RpcError. */
  readAt<T>(view: (state: State) => T): Promise<ReadAt<T>> {
    return this.read((state) => {
      const sagas = this.definition.sagaCounts?.(state) ?? { live: 0, parked: 0 };
      const position = {
        shard: this.shardId,
        nextEvent: this.shard.durablePosition().nextEvent,
        liveSagas: sagas.live,
        parkedSagas: sagas.parked,
      };
      return { position, value: view(state) };
    });
  }

  /** Context of commands that the service gives itself. */
  ownContext(cause: string): CommandContextInput {
    const actor = `spiffe://clearway/svc/${this.definition.name}`;
    return { actor, address: '', device: '', traceparent: '', method: cause };
  }
}

import { existsSync } from 'node:fs';
import type { ShardJournal } from '@clearway/platform-journal';
import type { RedisLink } from '@clearway/platform-redis';
import type { RpcService } from '@clearway/platform-rpc';
import { openShard, type Shard, startSnapshotter } from '@clearway/platform-shard';
import { type LocalShard, shardIdOf } from '@clearway/platform-sharding';
import type { Logger, Tracing } from '@clearway/platform-telemetry';
import type { Pool } from 'pg';
import { commitObserver } from './commit-observer';
import { runReadModels } from './read-models';
import { ServiceCore } from './service-core';
import type { ServiceDefinition, Stoppable } from './service-definition';
import { shardMetrics } from './service-metrics';
import { clockMicros } from './service-parts';
import type { SnapshotWorkerData } from './snapshot-worker';
import { stateService } from './state.service';

/** What calls in flight get to finish when their shard is handed over. */
export const HAND_OVER_TIMEOUT_MS = 2_500;

/** What every shard of a process shares. */
export interface SlotParts {
  readonly journal: ShardJournal;
  readonly pool: Pool;
  readonly log: Logger;
  readonly tracing: Tracing;
  /** What processes share goes through it; undefined where they share nothing. */
  readonly redis: RedisLink | undefined;
  /** Ends the process: a shard that cannot go on takes the others with it. */
  onFatal(error: Error): void;
  /** Told when the shard begins or ends to serve. */
  onChange(): void;
}

/** One shard in this process from its opening to its end; a slot opens the next when it was handed over. */
interface Life<State, Command, Event, Outcome, Output> {
  readonly core: ServiceCore<State, Command, Event, Outcome, Output>;
  readonly services: readonly RpcService[];
  readonly leaving: AbortController;
  /** What works beside the shard once it serves; rejects when it never will. */
  readonly live: Promise<readonly Stoppable[]>;
  isLive: boolean;
  callsInFlight: number;
  local: LocalShard | undefined;
}

/**
 * The place of one logical shard in a process: standby, owner, and standby again after it was handed over. Everything that
 * a shard needs (machine, effects, read models, handlers) is made anew for each life.
 */
export class ShardSlot<State, Command, Event, Outcome, Output> {
  private life: Life<State, Command, Event, Outcome, Output>;
  private isClosing = false;
  private closing: Promise<void> | undefined;

  constructor(
    readonly index: number,
    private readonly definition: ServiceDefinition<State, Command, Event, Outcome, Output>,
    private readonly parts: SlotParts,
  ) {
    this.life = this.open();
    shardMetrics(this.shardId, () => (this.life.isLive ? this.life.core.shard.stats() : undefined));
  }

  /** For example `risk/1`. */
  get shardId(): string {
    return shardIdOf(this.definition.name, this.index);
  }

  /** The services with this shard behind them. */
  get services(): readonly RpcService[] {
    return this.life.services;
  }

  get core(): ServiceCore<State, Command, Event, Outcome, Output> {
    return this.life.core;
  }

  /** The shard as calls find it; undefined while this process does not serve it. */
  get local(): LocalShard | undefined {
    const { life } = this;
    if (!life.isLive || life.leaving.signal.aborted) return undefined;
    return this.localOf(life);
  }

  /** Gives the shard to whoever takes its lease next, and stands by again. */
  async handOver(): Promise<void> {
    const { life } = this;
    this.parts.log.info({ shard: this.shardId }, 'handing the shard over');
    life.leaving.abort();
    this.parts.onChange();
    await this.idle(life);
    await this.end(life);
    if (!this.isClosing) this.life = this.open();
  }

  /** Ends for good: what was taken is finished and the lease given back. Safe to call twice. */
  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    this.isClosing = true;
    const { life } = this;
    const wasServing = this.local !== undefined;
    life.leaving.abort();
    if (wasServing) this.parts.onChange();
    await this.idle(life);
    await this.end(life);
  }

  private localOf(life: Life<State, Command, Event, Outcome, Output>): LocalShard {
    life.local ??= {
      index: this.index,
      services: life.services,
      leaving: life.leaving.signal,
      enter: () => {
        life.callsInFlight += 1;
        return () => {
          life.callsInFlight -= 1;
        };
      },
    };
    return life.local;
  }

  private open(): Life<State, Command, Event, Outcome, Output> {
    const { definition, parts } = this;
    const core = new ServiceCore(definition, this.openShard(), parts);
    const services = [...definition.rpcServices(core), stateService(core, definition.machine)];
    const life: Life<State, Command, Event, Outcome, Output> = {
      core,
      services,
      leaving: new AbortController(),
      live: this.goLive(core).then((started) => {
        life.isLive = true;
        parts.onChange();
        return started;
      }),
      isLive: false,
      callsInFlight: 0,
      local: undefined,
    };
    life.live.catch((error: Error) => {
      if (!life.leaving.signal.aborted) parts.onFatal(error);
    });
    return life;
  }

  private openShard(): Shard<State, Command, Event, Outcome, Output> {
    const { settings, machine, codec, shardLimits: limits = {} } = this.definition;
    const { parts } = this;
    const { journal, log, tracing } = parts;
    const owner = settings.CLEARWAY_INSTANCE;
    const { shardId } = this;
    const observer = commitObserver(shardId, tracing);
    return openShard({
      shardId,
      machine,
      codec,
      journal,
      owner,
      limits,
      clock: clockMicros,
      log,
      observer,
      onFatal: (error) => parts.onFatal(error),
    });
  }

  /** Waits for the shard, starts what works beside it, and says so. Resolves with what must be stopped again. */
  private async goLive(
    core: ServiceCore<State, Command, Event, Outcome, Output>,
  ): Promise<readonly Stoppable[]> {
    const { definition } = this;
    await core.shard.whenServing();
    const readModels = runReadModels(definition, core);
    const started = (await definition.started?.(core)) ?? [];
    core.log.info({ shard: core.shardId, instance: definition.settings.CLEARWAY_INSTANCE }, 'shard serves');
    return [...readModels, ...started, ...this.snapshotter(core)];
  }

  /** The worker is a compiled file, so from sources (in tests) there is none. */
  private snapshotter({
    shard,
    shardId,
    log,
    settings,
  }: ServiceCore<State, Command, Event, Outcome, Output>): Stoppable[] {
    const { snapshotWorkerFile, snapshotEveryEvents: everyEvents, machine } = this.definition;
    if (snapshotWorkerFile === undefined || !existsSync(snapshotWorkerFile)) return [];
    const workerData: SnapshotWorkerData = { postgresUrl: settings.CLEARWAY_POSTGRES_URL, shardId };
    const wishes = everyEvents === undefined ? {} : { everyEvents };
    return [
      startSnapshotter({ shard, machine, workerEntryFile: snapshotWorkerFile, workerData, log, ...wishes }),
    ];
  }

  /** Streams were told to end; they and unary calls finish while the shard still decides. */
  private async idle(life: Life<State, Command, Event, Outcome, Output>): Promise<void> {
    const untilMs = performance.now() + HAND_OVER_TIMEOUT_MS;
    while (life.callsInFlight > 0 && performance.now() < untilMs)
      await new Promise((resolve) => setTimeout(resolve, IDLE_LOOK_EVERY_MS));
  }

  private async end(life: Life<State, Command, Event, Outcome, Output>): Promise<void> {
    const { shard } = life.core;
    if (shard.state !== 'serving') await shard.close();
    for (const each of [...(await life.live.catch(() => []))].reverse()) await each.stop();
    life.isLive = false;
    life.core.figures.end();
    await shard.close();
  }
}

const IDLE_LOOK_EVERY_MS = 10;

import type { Machine, Turn } from '@clearway/kernel';
import { type EventCodec, encodePlain } from '@clearway/platform-journal';
import {
  openShard,
  type Shard,
  type ShardLimits,
  type SnapshotPace,
  storeSnapshot,
  writeSnapshot,
} from '@clearway/platform-shard';
import { ConnectionLostError } from './journal-connection';
import type { JournalWatch } from './journal-watch';
import type { Endpoint, Handler, Network } from './network';
import { restoredAs } from './restored-as';
import type { SimulatedDatabase } from './simulated-database';
import { SimulatedJournal } from './simulated-journal';
import { LeaseLostError } from './simulated-lease';
import { Owner } from './virtual-time';
import type { World } from './world';

/** What a service is made of, apart from its processes. */
export interface ServiceSpec<State, Command, Event, Outcome, Output> {
  /** Short name; its shard is `NAME/0`. */
  readonly name: string;
  readonly machine: Machine<State, Command, Event, Outcome, Output>;
  readonly codec: EventCodec<Event>;
  /** What it answers to callers; made once a process, before its shard serves. */
  handlers(
    process: ServiceProcess<State, Command, Event, Outcome, Output>,
  ): Readonly<Record<string, Handler>>;
  /** Called when the shard serves: effects begin. */
  started?(process: ServiceProcess<State, Command, Event, Outcome, Output>): Promise<void>;
  /** Judges the durable journal; one for all processes. */
  readonly watch?: JournalWatch<Event>;
  /** The service's own invariants on a state. */
  check(state: State): readonly { readonly name: string; readonly holds: boolean; readonly detail: string }[];
}

/** Where a process lives. */
export interface ProcessSetting {
  readonly world: World;
  readonly network: Network;
  readonly database: SimulatedDatabase;
  /** Which slot runs it: the same slot takes its own lease back at once, another one waits for it to expire. */
  readonly slot: string;
  readonly limits: Partial<ShardLimits>;
  /** How far its clock is off, in microseconds. */
  readonly skewMicros: number;
  readonly onExit: (unexpected: Error | undefined) => void;
}

/** Errors after which a process rightly stops and comes back. Anything else is a bug. */
const EXPECTED = new Set(['FencedError', 'AppendFailedError', ConnectionLostError.name, LeaseLostError.name]);
const CONTEXT = { actor: 'spiffe://clearway/sim', address: '', device: '', traceparent: '', method: 'sim' };
/** Slow enough for many turns to come between the cut and its end. */
const SNAPSHOT_PACE: SnapshotPace = {
  itemsMax: 4,
  sliceMs: Number.POSITIVE_INFINITY,
  pause: async () => new Promise((resolve) => void setTimeout(resolve, 5)),
};
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** One life of one process: the real shard over a simulated journal, with what the service adds to it. */
export class ServiceProcess<
  State = unknown,
  Command = unknown,
  Event = unknown,
  Outcome = unknown,
  Output = unknown,
> implements Endpoint
{
  readonly owner: Owner;
  readonly shard: Shard<State, Command, Event, Outcome, Output>;
  readonly handlers: Readonly<Record<string, Handler>>;
  skewMicros: number;
  /** The state that the shard decides on; undefined until it was rebuilt. */
  live: State | undefined;
  /** True when the state has changed since the invariants were last looked at. */
  isDirty = false;
  readonly #journal: SimulatedJournal;

  constructor(
    readonly spec: ServiceSpec<State, Command, Event, Outcome, Output>,
    readonly setting: ProcessSetting,
  ) {
    const { world, database, slot, limits } = setting;
    this.owner = world.time.current;
    this.skewMicros = setting.skewMicros;
    this.#journal = new SimulatedJournal(world, database, this.owner);
    this.shard = openShard({
      shardId: `${spec.name}/0`,
      machine: this.#watched(spec.machine),
      codec: spec.codec,
      journal: this.#journal,
      owner: slot,
      limits,
      clock: () => this.nowMicros(),
      log: QUIET,
      onFatal: (error) => this.exit(error),
    });
    this.handlers = spec.handlers(this);
    this.shard.whenServing().then(
      () => this.#serve(),
      () => undefined,
    );
  }

  /** Starts a process in an owner of its own. */
  static start<State, Command, Event, Outcome, Output>(
    spec: ServiceSpec<State, Command, Event, Outcome, Output>,
    setting: ProcessSetting,
    name: string,
    onStarted: (process: ServiceProcess<State, Command, Event, Outcome, Output>) => void,
  ): void {
    const owner = new Owner(name);
    setting.world.time.at(owner, 0, () => onStarted(new ServiceProcess(spec, setting)));
  }

  /** This process's clock, in microseconds since the epoch. */
  nowMicros(): number {
    const { world } = this.setting;
    return world.epochMicros + world.time.nowMicros + this.skewMicros;
  }

  /** Hands a command to the shard. */
  submit(command: Command): Promise<Outcome> {
    return this.shard.submit(command, CONTEXT);
  }

  /** Ends at once, as by kill -9; whatever was not committed is gone. */
  crash(why: string): void {
    if (!this.owner.isAlive) return;
    this.setting.world.trace.add(this.owner.name, `crashes: ${why}`);
    this.#end(undefined);
  }

  /** Ends because the process itself saw that it must. */
  exit(error: Error): void {
    if (!this.owner.isAlive) return;
    const { world } = this.setting;
    const cause = rootOf(error);
    world.trace.add(this.owner.name, `stops: ${cause.name}: ${cause.message}`);
    this.#end(EXPECTED.has(cause.name) || cause.name === 'ShardUnavailableError' ? undefined : cause);
  }

  /** Finishes what was taken and gives the lease back, as on SIGTERM. */
  async close(): Promise<void> {
    this.setting.world.trace.add(this.owner.name, 'closes');
    await this.shard.close();
    this.#end(undefined);
  }

  /** Writes the live state down while the shard goes on, and has it stored, as the snapshotter does; each one is proven. */
  async snapshot(): Promise<void> {
    const { machine, codec, name } = this.spec;
    const { world, database } = this.setting;
    const journal = new SimulatedJournal(world, database, this.owner);
    const onProblem = (problem: string): void => world.fail('snapshots-restore', problem);
    const chunks: Buffer[] = [];
    try {
      const point = await writeSnapshot(
        this.shard,
        machine,
        SNAPSHOT_PACE,
        (chunk) => void chunks.push(chunk),
      );
      const options = { journal, shardId: `${name}/0`, machine, codec, onProblem };
      await storeSnapshot(options, point, Buffer.concat(chunks), true);
    } catch (error) {
      const { name: errorName, message } = error as Error;
      if (!EXPECTED.has(errorName) && errorName !== 'ShardUnavailableError') onProblem(message);
    }
  }

  async #serve(): Promise<void> {
    const { world } = this.setting;
    world.trace.add(this.owner.name, `serves from event ${this.shard.durablePosition().nextEvent}`);
    this.#checkRecovered();
    try {
      await this.spec.started?.(this);
    } catch (error) {
      this.exit(error as Error);
    }
  }

  /** Whatever it began with, snapshot or not: what a new process serves is what the durable events give. */
  #checkRecovered(): void {
    const { world, database } = this.setting;
    const { machine, name } = this.spec;
    if (this.live === undefined) throw new Error(`${name} serves without a state`);
    // Stopped while it came back: another owner has written since, and the journal will fence this one.
    if (this.shard.durablePosition().nextEvent !== database.nextEvent) return;
    const recovered = encodePlain(machine.snapshot(this.live));
    if (!recovered.equals(encodePlain(machine.snapshot(database.shadow as State))))
      world.fail('recovery-gives-the-durable-state', `${this.owner.name} came back with another state`);
  }

  #end(unexpected: Error | undefined): void {
    this.setting.world.time.kill(this.owner);
    this.#journal.cut();
    this.setting.onExit(unexpected);
  }

  /** The machine as it is, but for a look at the state it works on. */
  #watched(
    machine: Machine<State, Command, Event, Outcome, Output>,
  ): Machine<State, Command, Event, Outcome, Output> {
    return {
      ...restoredAs(machine, (state) => this.#seen(state)),
      create: () => this.#seen(machine.create()),
      decide: (state, command, turn: Turn<Event, Output>) => machine.decide(state, command, turn),
      evolve: (state, event, timeMicros) => {
        this.isDirty = true;
        machine.evolve(state, event, timeMicros);
      },
    };
  }

  #seen(state: State): State {
    this.live = state;
    return state;
  }
}

function rootOf(error: Error): Error {
  return error.name === 'ShardUnavailableError' && error.cause instanceof Error ? rootOf(error.cause) : error;
}

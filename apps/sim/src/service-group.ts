import type { ShardLimits } from '@clearway/platform-shard';
import type { Endpoint, Network } from './network';
import { ServiceProcess as Process, type ServiceProcess, type ServiceSpec } from './service-process';
import { SimulatedDatabase } from './simulated-database';
import type { World } from './world';

/** The services that are simulated. */
export type ServiceName = 'trading' | 'risk' | 'clearing' | 'audit';

interface Slot {
  readonly name: string;
  process: ServiceProcess | undefined;
  /** Not started again while so. */
  isDown: boolean;
  isStarting: boolean;
  lives: number;
}

/** All processes of one service, one a slot, with the supervisor that starts them again and the database they share. */
export class ServiceGroup {
  readonly database: SimulatedDatabase;
  readonly slots: Slot[];
  /** Processes that the supervisor gave up for dead while they were only stopped. */
  readonly zombies: ServiceProcess[] = [];

  constructor(
    readonly spec: ServiceSpec<unknown, unknown, unknown, unknown, unknown>,
    private readonly world: World,
    private readonly network: () => Network,
    private readonly limits: Partial<ShardLimits>,
    slots: readonly string[],
    private readonly skewMicros: () => number,
  ) {
    this.database = new SimulatedDatabase(world, {
      shard: `${spec.name}/0`,
      machine: spec.machine,
      codec: spec.codec,
      watch: spec.watch,
    });
    this.slots = slots.map((name) => ({
      name,
      process: undefined,
      isDown: false,
      isStarting: false,
      lives: 0,
    }));
  }

  /** Starts a process in every empty slot. */
  start(): void {
    for (const slot of this.slots) this.#startSlot(slot);
  }

  /** All living processes, zombies too. */
  processes(): ServiceProcess[] {
    const living = this.slots.flatMap(({ process }) => (process ? [process] : []));
    return [...living, ...this.zombies].filter(({ owner }) => owner.isAlive);
  }

  /** The process that serves, if one does. */
  serving(): ServiceProcess | undefined {
    return this.processes().find(({ shard, owner }) => shard.state === 'serving' && !owner.isFrozen);
  }

  /** Where a call goes: mostly to one that serves, now and then to any, because callers learn late of a change. */
  route(): Endpoint | undefined {
    const { random } = this.world;
    const processes = this.processes();
    if (processes.length === 0) return undefined;
    const serving = processes.filter(({ shard }) => shard.state === 'serving');
    return serving.length > 0 && !random.chance(0.1) ? random.pick(serving) : random.pick(processes);
  }

  /** Keeps the service away for long, or lets it come back. */
  setDown(isDown: boolean): void {
    for (const slot of this.slots) {
      slot.isDown = isDown;
      if (isDown) slot.process?.crash('the service is taken down');
      else if (!slot.process?.owner.isAlive) this.#startSlot(slot);
    }
  }

  /** The supervisor takes a stopped process for dead and starts another one in its slot, under the same name. */
  replace(process: ServiceProcess): void {
    const slot = this.slots.find((each) => each.process === process);
    if (!slot) return;
    this.zombies.push(process);
    slot.process = undefined;
    this.#startSlot(slot);
  }

  #startSlot(slot: Slot): void {
    const { world } = this;
    if (slot.isStarting) return;
    slot.isStarting = true;
    slot.lives += 1;
    const name = `${this.spec.name}/${slot.name}${slot.lives}`;
    let mine: ServiceProcess | undefined;
    const setting = {
      world,
      network: this.network(),
      database: this.database,
      slot: slot.name,
      limits: this.limits,
      skewMicros: this.skewMicros(),
      onExit: (unexpected: Error | undefined) => {
        if (unexpected) world.fail('no-process-stops-by-a-bug', `${name}: ${unexpected.stack}`);
        if (mine === undefined || slot.process === mine) this.#restartLater(slot);
      },
    };
    Process.start(this.spec, setting, name, (process) => {
      mine = process;
      slot.process = mine;
      slot.isStarting = false;
    });
  }

  #restartLater(slot: Slot): void {
    const { time, random, outside } = this.world;
    slot.process = undefined;
    time.at(outside, random.between(20_000, 800_000), () => {
      if (slot.process === undefined && !slot.isDown) this.#startSlot(slot);
    });
  }
}

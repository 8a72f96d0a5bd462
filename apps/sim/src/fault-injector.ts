import type { Network } from './network';
import type { ServiceGroup } from './service-group';
import type { ServiceProcess } from './service-process';
import { NO_FAULTS, type World } from './world';

/** A process that has been asked to write its state down ends within this time: in the middle of that, or with later turns to come. */
const WRITTEN_DOWN_MICROS_MAX = 200_000;
const SERVICES = ['trading', 'risk', 'clearing', 'audit'] as const;

/** What is broken, and how often. Times in milliseconds. */
export interface FaultSetting {
  readonly world: World;
  readonly network: Network;
  readonly groups: Readonly<Record<(typeof SERVICES)[number], ServiceGroup>>;
  /** Mean time between two faults. */
  readonly everyMs: number;
}

/** Breaks things at random times until it is told to stop, and then mends them all. */
export class FaultInjector {
  #isOver = false;

  constructor(private readonly setting: FaultSetting) {}

  start(): void {
    this.#next();
  }

  /** No more faults: everything that is broken is mended, and only delays remain. */
  stop(): void {
    const { world, network, groups } = this.setting;
    this.#isOver = true;
    Object.assign(world.rates, NO_FAULTS);
    network.cuts.clear();
    network.broken.clear();
    for (const group of Object.values(groups)) {
      group.database.isRefusing = false;
      group.database.stalledUntilMicros = 0;
      for (const process of group.processes()) this.#thaw(process);
      group.setDown(false);
    }
    world.trace.add('faults', 'stop; everything is mended');
  }

  /** An auction takes several turns from now on: often the process that has begun it is written down then, and ends before it. */
  auctionBegan(): void {
    const { world, groups } = this.setting;
    if (this.#isOver || world.random.chance(0.5)) return;
    world.faults += 1;
    this.#endAfterSnapshot(groups.trading);
  }

  #next(): void {
    const { world, everyMs } = this.setting;
    world.time.at(world.outside, world.random.between(1_000, everyMs * 2_000), () => {
      if (this.#isOver) return;
      this.#inject();
      this.#next();
    });
  }

  #inject(): void {
    const { world, groups } = this.setting;
    const { random } = world;
    const group = groups[random.pick(SERVICES)];
    const process = group.processes().at(random.between(0, 1));
    world.faults += 1;
    if (world.mutation.favoursOrphans && random.chance(0.7)) return this.#orphan(groups.trading);
    if (world.mutation.favoursSnapshots && random.chance(0.5)) return this.#endAfterSnapshot(groups.trading);
    const dice = random.next();
    if (dice < 0.26) return process?.crash('kill -9');
    if (dice < 0.32) return this.#orphan(random.pick([groups.trading, groups.clearing]));
    if (dice < 0.52) return process && this.#freeze(group, process);
    if (dice < 0.6) return this.#refuse(group);
    if (dice < 0.67) return this.#stall(group);
    if (dice < 0.75) return this.#cut();
    if (dice < 0.78) return this.#break(group);
    if (dice < 0.82) return this.#takeDown(random.pick([groups.risk, groups.clearing]));
    if (dice < 0.86) return process && this.#stepClock(process);
    if (dice < 0.95) return process && this.#inProcess(process, () => void process.snapshot());
    if (process) this.#inProcess(process, () => void process.close());
  }

  /** A host crashes in the middle, and when it is back its sagas cannot reach the others for a while. */
  #orphan(group: ServiceGroup): void {
    const { world, network } = this.setting;
    const { name } = group.spec;
    const untilMicros = world.time.nowMicros + world.random.between(500_000, 4_000_000);
    for (const other of ['risk', 'clearing'])
      if (other !== name) network.cuts.set(`${name}>${other}`, untilMicros);
    for (const process of group.processes()) process.crash('kill -9, and no way to the others');
  }

  /** The snapshot may be whole by then or not. */
  #endAfterSnapshot(group: ServiceGroup): void {
    const { world } = this.setting;
    const serving = group.serving();
    if (serving) this.#inProcess(serving, () => void serving.snapshot());
    world.time.at(world.outside, world.random.between(1_000, WRITTEN_DOWN_MICROS_MAX), () => {
      if (!this.#isOver) group.serving()?.crash('kill -9 soon after it was written down');
    });
  }

  #inProcess(process: ServiceProcess, run: () => void): void {
    this.setting.world.time.at(process.owner, 0, run);
  }

  #freeze(group: ServiceGroup, process: ServiceProcess): void {
    const { world } = this.setting;
    const forMicros = world.random.between(100_000, 7_000_000);
    world.trace.add(process.owner.name, `is stopped for ${Math.round(forMicros / 1_000)} ms`);
    process.owner.isFrozen = true;
    if (world.random.chance(0.6)) group.replace(process);
    world.time.at(world.outside, forMicros, () => this.#thaw(process));
  }

  #thaw(process: ServiceProcess): void {
    if (!process.owner.isFrozen) return;
    this.setting.world.trace.add(process.owner.name, 'goes on');
    this.setting.world.time.thaw(process.owner);
  }

  #refuse({ database }: ServiceGroup): void {
    const { world } = this.setting;
    world.trace.add(database.subject.shard, 'database refuses connections');
    database.isRefusing = true;
    world.time.at(world.outside, world.random.between(50_000, 4_000_000), () => {
      database.isRefusing = false;
    });
  }

  #stall({ database }: ServiceGroup): void {
    const { world } = this.setting;
    const forMicros = world.random.between(50_000, 5_000_000);
    world.trace.add(database.subject.shard, `database stalls for ${Math.round(forMicros / 1_000)} ms`);
    database.stalledUntilMicros = world.time.nowMicros + forMicros;
  }

  #cut(): void {
    const { world, network } = this.setting;
    const { random } = world;
    const pair = `${random.pick(['trading', 'clearing', 'audit'])}>${random.pick(['risk', 'clearing', 'trading'])}`;
    network.cuts.set(pair, world.time.nowMicros + random.between(100_000, 9_000_000));
    world.trace.add('faults', `no way ${pair} for a while`);
  }

  /** A bug that comes and goes: every call fails, before or after it has acted, for longer than retries last. */
  #break({ spec: { name } }: ServiceGroup): void {
    const { world, network } = this.setting;
    network.broken.set(name, world.time.nowMicros + world.random.between(200_000, 9_000_000));
    world.trace.add('faults', `${name} answers INTERNAL for a while`);
  }

  #takeDown(group: ServiceGroup): void {
    const { world } = this.setting;
    const forMicros = world.random.between(2_000_000, 14_000_000);
    world.trace.add('faults', `${group.spec.name} is down for ${Math.round(forMicros / 1_000)} ms`);
    group.setDown(true);
    world.time.at(world.outside, forMicros, () => group.setDown(false));
  }

  #stepClock(process: ServiceProcess): void {
    const stepMicros = this.setting.world.random.between(-2_500_000, 2_500_000);
    this.setting.world.trace.add(
      process.owner.name,
      `its clock is stepped by ${Math.round(stepMicros / 1_000)} ms`,
    );
    process.skewMicros += stepMicros;
  }
}

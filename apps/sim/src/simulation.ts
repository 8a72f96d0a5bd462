import type { AuditState } from '@clearway/domain-audit';
import { auditMachine } from '@clearway/domain-audit';
import { type ClearingState, clearingMachine } from '@clearway/domain-clearing';
import { type RiskState, riskMachine } from '@clearway/domain-risk';
import { type TradingState, tradingMachineWith } from '@clearway/domain-trading';
import { Acknowledged } from './acknowledged';
import { atRestInvariants } from './at-rest';
import { AUDITED, auditSpec } from './audit-service';
import { clearingSpec, forgetfulClearing } from './clearing-service';
import { Client } from './client';
import { FaultInjector } from './fault-injector';
import { ACCOUNTS } from './market';
import { type Mutation, NO_MUTATION } from './mutation';
import { Network } from './network';
import { Operator } from './operator';
import { Random } from './random';
import { BalancesReadModel } from './read-model';
import { forgetfulRisk, riskSpec } from './risk-service';
import { crowded, planOf, type SeedPlan, stormy } from './seed-plan';
import { ServiceGroup, type ServiceName } from './service-group';
import type { ServiceSpec } from './service-process';
import { SessionWatch } from './session-watch';
import type { SystemView } from './system-view';
import { Trace } from './trace';
import { tradingSpec } from './trading-service';
import { Owner, VirtualTime } from './virtual-time';
import { type FaultRates, Violation, type World } from './world';

type AnySpec = ServiceSpec<unknown, unknown, unknown, unknown, unknown>;

/** The simulation only ever hands a service's own state and commands back to it, so it need not know their types. */
function anySpec<State, Command, Event, Outcome, Output>(
  spec: ServiceSpec<State, Command, Event, Outcome, Output>,
): AnySpec {
  // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- tsc needs it in some orders of comparing the types
  return spec as unknown as AnySpec;
}

/** Steps with faults when nothing else is asked for. */
export const STEPS_DEFAULT = 6_000;
/** Virtual time that the system gets to come to rest once faults have stopped. */
const REST_TIMEOUT_MICROS = 120_000_000;
/** A clock that looks whether something is due does so within this time. */
const LOOK_MICROS_MAX = 1_000_000;
const TRACE_LINES_MAX = 80;
/** Tells the plan's second source of chance from the first; chosen so that seeds which once failed keep their course. */
const ASIDE = 1_110;

/** What came of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly steps: number;
  readonly faults: number;
  readonly orders: number;
  readonly trades: number;
  /** Auctions in which something traded. */
  readonly auctions: number;
  /** Those of them that took several turns. */
  readonly longAuctions: number;
  /** Halts, resumes and volatility auctions. */
  readonly interruptions: number;
  /** Orders that ended at their time. */
  readonly expired: number;
  /** Undefined when everything held. */
  readonly failure: SeedFailure | undefined;
}

/** The invariant that broke, and what had happened until then. */
export interface SeedFailure {
  readonly invariant: string;
  readonly detail: string;
  readonly trace: readonly string[];
}

/** What a run may be asked for besides its seed. */
export interface SimulationOptions {
  /** Steps with faults; then faults stop and the system must come to rest. */
  readonly steps?: number;
  readonly mutation?: Mutation;
}

/** Runs one seed from an empty system to rest. It never throws for what it finds. */
export async function runSeed(seed: number, options: SimulationOptions = {}): Promise<SeedResult> {
  const simulation = new Simulation(seed, options.mutation ?? NO_MUTATION);
  return simulation.run(options.steps ?? STEPS_DEFAULT);
}

function planFor({ favoursOrphans }: Mutation, plan: SeedPlan): SeedPlan {
  if (favoursOrphans) return stormy(plan);
  return plan.auctions.isBusy ? crowded(plan) : plan;
}

/** One system under one seed. */
class Simulation implements SystemView {
  readonly #time: VirtualTime;
  readonly #world: World;
  readonly #groups: Readonly<Record<ServiceName, ServiceGroup>>;
  readonly #acknowledged: Acknowledged;
  readonly #readModel: BalancesReadModel;
  readonly #clients: Client[];
  readonly #operator: Operator;
  readonly #faults: FaultInjector;
  readonly #sessions: SessionWatch;
  #isOpen = true;
  #violation: Violation | undefined;

  constructor(
    private readonly seed: number,
    mutation: Mutation,
  ) {
    const random = new Random(seed);
    const outside = new Owner('outside');
    const time = new VirtualTime(outside, () => random.next());
    const plan = planFor(mutation, planOf(random, new Random(seed ^ ASIDE)));
    const rates: FaultRates = { ...plan.rates };
    const trace = new Trace(() => time.nowMicros, TRACE_LINES_MAX);
    const fail = (name: string, detail: string): void => {
      this.#violation ??= new Violation(name, detail);
    };
    const { epochMicros } = plan;
    this.#world = { random, time, trace, rates, mutation, outside, faults: 0, epochMicros, fail };
    this.#time = time;
    time.onUncaught = (owner, error) => fail('nothing-throws', `${owner.name}: ${(error as Error).stack}`);
    this.#readModel = new BalancesReadModel(this.#world);
    const network: Network = new Network(this.#world, (service) =>
      this.#groups[service as ServiceName].route(),
    );
    const group = (spec: AnySpec): ServiceGroup =>
      new ServiceGroup(
        spec,
        this.#world,
        () => network,
        plan.limits,
        plan.slotsOf(spec.name),
        () => random.between(-plan.skewMaxMicros, plan.skewMaxMicros),
      );
    this.#sessions = new SessionWatch(fail, () => this.#faults.auctionBegan());
    this.#groups = this.#makeGroups(network, group, plan);
    this.#acknowledged = new Acknowledged(this.#world);
    const isOpen = (): boolean => this.#isOpen;
    const setting = { world: this.#world, network, system: this, isOpen };
    const acknowledged = this.#acknowledged;
    const { operatorEveryMs: everyMs, listings, auctions } = plan;
    const { thinkMsMax } = auctions;
    this.#clients = ACCOUNTS.map((account) => new Client(account, { ...setting, acknowledged, thinkMsMax }));
    this.#operator = new Operator({ ...setting, everyMs, listings, callsAuctions: auctions.isBusy });
    this.#faults = new FaultInjector({
      world: this.#world,
      network,
      groups: this.#groups,
      everyMs: plan.faultEveryMs,
    });
  }

  trading(): TradingState {
    return this.#groups.trading.database.shadow as TradingState;
  }

  risk(): RiskState {
    return this.#groups.risk.database.shadow as RiskState;
  }

  clearing(): ClearingState {
    return this.#groups.clearing.database.shadow as ClearingState;
  }

  audit(): AuditState {
    return this.#groups.audit.database.shadow as AuditState;
  }

  async run(steps: number): Promise<SeedResult> {
    const reports: NodeJS.UnhandledRejectionListener = (error) =>
      this.#world.fail('no-unhandled-rejection', String((error as Error).stack));
    this.#time.install();
    process.on('unhandledRejection', reports);
    try {
      for (const group of Object.values(this.#groups)) group.start();
      for (const actor of [this.#operator, ...this.#clients, this.#faults]) actor.start();
      while (this.#time.steps < steps && this.#violation === undefined) await this.#step();
      this.#isOpen = false;
      if (this.#violation === undefined) this.#faults.stop();
      await this.#settle();
      if (this.#violation === undefined) this.#checkAtRest();
    } catch (error) {
      this.#world.fail('simulation', String((error as Error).stack));
    } finally {
      this.#time.uninstall();
      process.off('unhandledRejection', reports);
    }
    return this.#result();
  }

  #makeGroups(
    network: Network,
    group: (spec: AnySpec) => ServiceGroup,
    { auctions: { uncrossLimits, turnPauseMs } }: SeedPlan,
  ): Readonly<Record<ServiceName, ServiceGroup>> {
    const same = <T>(machine: T): T => machine;
    const world = this.#world;
    const { mutation } = world;
    const follow = (process: Parameters<BalancesReadModel['follow']>[0]) =>
      void this.#readModel.follow(process);
    const machine = (mutation.trading ?? same)(tradingMachineWith(uncrossLimits));
    const trading = tradingSpec(machine, world, network, this.#sessions, turnPauseMs);
    const risk = riskSpec((mutation.risk ?? same)(forgetfulRisk(riskMachine)));
    const clearing = clearingSpec(
      (mutation.clearing ?? same)(forgetfulClearing(clearingMachine)),
      world,
      network,
      follow,
    );
    const audit = auditSpec((mutation.audit ?? same)(auditMachine), world, network);
    return {
      trading: group(anySpec(trading)),
      risk: group(anySpec(risk)),
      clearing: group(anySpec(clearing)),
      audit: group(anySpec(audit)),
    };
  }

  async #step(): Promise<void> {
    if (!(await this.#time.step())) throw new Error('nothing is left to do');
    for (const group of Object.values(this.#groups)) {
      for (const process of group.processes()) {
        if (!process.isDirty || process.shard.state !== 'serving' || process.live === undefined) continue;
        process.isDirty = false;
        for (const { name, holds, detail } of group.spec.check(process.live))
          if (!holds) this.#world.fail(name, `${process.owner.name}: ${detail}`);
      }
    }
  }

  /** Liveness: with nothing broken any more, every saga ends, every client is answered, everyone catches up. */
  async #settle(): Promise<void> {
    const deadlineMicros = this.#time.nowMicros + REST_TIMEOUT_MICROS;
    while (this.#violation === undefined) {
      for (let i = 0; i < 50 && this.#violation === undefined; i++) await this.#step();
      const unrest = this.#unrest();
      if (unrest.length === 0) return;
      if (this.#time.nowMicros > deadlineMicros)
        this.#world.fail('everything-comes-to-rest', unrest.join('; '));
    }
  }

  #unrest(): string[] {
    const { trading, clearing } = this.#groups;
    const covered = this.audit().nextEvents;
    const found = this.#clients
      .filter(({ isDone }) => !isDone)
      .map(({ account }) => `${account} waits for an answer`);
    if (!this.#operator.isDone) found.push('the operator waits for an answer');
    for (const [name, { sagas }] of [
      ['trading', this.trading()],
      ['clearing', this.clearing()],
    ] as const)
      for (const saga of sagas.values())
        found.push(
          `${name} saga ${saga.number} (${saga.kind}): ${saga.steps.map(({ status }) => status).join(' ')}`,
        );
    for (const [name, group] of Object.entries(this.#groups)) {
      const serving = group.serving();
      if (!serving) found.push(`${name} does not serve`);
      else if (serving.shard.position().nextEvent !== group.database.nextEvent)
        found.push(`${name} has not committed`);
    }
    for (const name of AUDITED) {
      const due = this.#groups[name].database.nextEvent;
      const has = covered.get(`${name}/0`) ?? 0;
      if (has < due) found.push(`audit has ${has} of ${due} events of ${name}`);
    }
    found.push(...this.#overdue());
    if (this.#readModel.cursor < clearing.database.nextEvent) found.push('the read model is behind');
    return trading.database.rows.length === 0 ? ['nothing happened'] : found;
  }

  /** By the clock of the process that serves, which may be slow, and with a moment for it to look at it. */
  #overdue(): string[] {
    const serving = this.#groups.trading.serving();
    return serving ? this.#sessions.overdueAt(serving.nowMicros() - LOOK_MICROS_MAX) : [];
  }

  #checkAtRest(): void {
    const toldTrades = this.#acknowledged.trades();
    this.#acknowledged.checkOrders(this.trading());
    this.#acknowledged.checkTransfers(this.clearing());
    const results = atRestInvariants({ groups: this.#groups, readModel: this.#readModel, toldTrades });
    for (const { name, holds, detail } of results) if (!holds) this.#world.fail(name, detail);
  }

  #result(): SeedResult {
    const violation = this.#violation;
    const { seed } = this;
    const { auctions, longAuctions, interruptions, expired } = this.#sessions;
    const { nextOrderNumber, nextTradeNumber } = this.trading();
    return {
      seed,
      steps: this.#time.steps,
      faults: this.#world.faults,
      orders: nextOrderNumber - 1,
      trades: nextTradeNumber - 1,
      auctions,
      longAuctions,
      interruptions,
      expired,
      failure: violation && {
        invariant: violation.invariant,
        detail: violation.detail,
        trace: this.#world.trace.lines(),
      },
    };
  }
}

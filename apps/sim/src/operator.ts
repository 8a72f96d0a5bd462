import type { ClearingCommand } from '@clearway/domain-clearing';
import type { RiskCommand } from '@clearway/domain-risk';
import type { Sagas } from '@clearway/domain-saga';
import type { KillScope, ListingTerms, TradingCommand } from '@clearway/domain-trading';
import { participantOf } from '@clearway/kernel';
import { RpcError } from '@clearway/platform-rpc';
import { ACCOUNTS } from './market';
import type { Network } from './network';
import type { SystemView } from './system-view';
import { Owner } from './virtual-time';
import type { World } from './world';

type Command = TradingCommand | ClearingCommand | RiskCommand;

const CALL_TIMEOUT_MS = 2_000;

/** What an operator works with. */
export interface OperatorSetting {
  readonly world: World;
  readonly network: Network;
  readonly system: SystemView;
  readonly isOpen: () => boolean;
  /** Mean time between two words of the operator. */
  readonly everyMs: number;
  readonly listings: readonly ListingTerms[];
  /** True if auctions and kill switches are what the day is about. */
  readonly callsAuctions: boolean;
}

/** An operator who halts, resumes, freezes, retries and compensates in the middle of everything, and at the end clears up. */
export class Operator {
  readonly owner = new Owner('operator');
  isDone = false;

  constructor(private readonly setting: OperatorSetting) {}

  start(): void {
    this.setting.world.time.at(this.owner, 0, () => {
      this.#run().then(
        () => {
          this.isDone = true;
        },
        (error: Error) => this.setting.world.fail('operator', String(error.stack)),
      );
    });
  }

  async #run(): Promise<void> {
    const { listings, world } = this.setting;
    const { random } = world;
    for (const terms of listings) await this.#insist('trading', { kind: 'ListInstrument', terms });
    while (this.setting.isOpen()) {
      await pause(random.between(1, this.setting.everyMs * 2));
      if (this.setting.isOpen()) await this.#act();
    }
    for (const { symbol } of listings)
      await this.#insist('trading', { kind: 'SetTradingStatus', symbol, status: 'OPEN' });
    for (const account of ACCOUNTS)
      await this.#insist('clearing', { kind: 'SetAccountFrozen', account, frozen: false, note: '' });
    void this.#retryParked();
  }

  async #act(): Promise<unknown> {
    const { world, listings } = this.setting;
    const { random, mutation } = world;
    if (mutation.favoursOrphans && random.chance(0.85)) return this.#steer('trading');
    if (this.setting.callsAuctions && random.chance(0.8)) return this.#callAuction();
    const dice = random.next();
    const account = random.pick(ACCOUNTS);
    const { symbol } = random.pick(listings);
    const isOn = random.chance(0.4);
    if (dice < 0.15)
      return this.#say('trading', {
        kind: 'SetTradingStatus',
        symbol,
        status: isOn && random.chance(0.5) ? 'HALTED' : 'OPEN',
        reopeningAuctionMs: random.pick([0, 300, 2_000]),
      });
    if (dice < 0.4)
      return this.#say('clearing', { kind: 'SetAccountFrozen', account, frozen: isOn, note: '' });
    if (dice < 0.46) {
      const participant = participantOf(account);
      return this.#say('risk', {
        kind: 'SetBlacklist',
        participant,
        blacklisted: isOn && random.chance(0.5),
        note: '',
      });
    }
    return this.#steer(random.chance(0.7) ? 'trading' : 'clearing');
  }

  /** Halts an instrument, or has it go on with an auction; now and then an account is killed, or its switch released. */
  async #callAuction(): Promise<unknown> {
    const { world, listings } = this.setting;
    const { random } = world;
    if (random.chance(0.06)) return this.#switchKill(`account/${random.pick(ACCOUNTS)}`);
    const { symbol } = random.pick(listings);
    const phase = this.setting.system.trading().markets.get(symbol)?.phase;
    if (phase !== 'HALTED' && phase !== 'CONTINUOUS' && random.chance(0.9)) return undefined;
    const isHalted = phase === 'HALTED';
    const status = isHalted ? 'OPEN' : 'HALTED';
    const reopeningAuctionMs = isHalted ? random.pick([500, 2_000, 5_000]) : 0;
    return this.#say('trading', { kind: 'SetTradingStatus', symbol, status, reopeningAuctionMs });
  }

  /** A release takes two. */
  async #switchKill(scope: KillScope): Promise<unknown> {
    if (!this.setting.system.trading().killSwitches.has(scope))
      return this.#say('trading', { kind: 'EngageKillSwitch', scope, operator: 'one', note: '' });
    await this.#say('trading', { kind: 'RequestKillSwitchRelease', scope, operator: 'one' });
    return this.#say('trading', { kind: 'ConfirmKillSwitchRelease', scope, operator: 'two' });
  }

  /** Compensates or retries some saga that is under way. */
  async #steer(service: 'trading' | 'clearing'): Promise<void> {
    const { random } = this.setting.world;
    const live = [...this.#sagasOf(service).values()];
    if (live.length === 0) return;
    const trades = live.filter((saga) => saga.kind === 'SettleTrade');
    const { number: sagaNumber } = random.pick(trades.length > 0 && random.chance(0.5) ? trades : live);
    const kind = random.chance(0.7) ? 'CompensateSaga' : 'RetrySaga';
    await this.#say(service, { kind, sagaNumber });
  }

  /** What an operator does at the end of the day: parked sagas are asked to go on. */
  async #retryParked(): Promise<void> {
    for (;;) {
      await pause(1_000);
      for (const service of ['trading', 'clearing'] as const)
        for (const saga of [...this.#sagasOf(service).values()])
          if (saga.steps.some((step) => step.parked))
            await this.#say(service, { kind: 'RetrySaga', sagaNumber: saga.number });
    }
  }

  #sagasOf(service: 'trading' | 'clearing'): Sagas {
    return this.setting.system[service]().sagas;
  }

  async #say(service: string, request: Command): Promise<boolean> {
    const { network, world } = this.setting;
    world.trace.add(this.owner.name, `says ${JSON.stringify(request)}`);
    const call = { from: this.owner, caller: 'operator', service, method: 'Command', request };
    try {
      await network.call({ ...call, timeoutMs: CALL_TIMEOUT_MS });
      return true;
    } catch (error) {
      if (error instanceof RpcError) return false;
      throw error;
    }
  }

  async #insist(service: string, request: Command): Promise<void> {
    while (!(await this.#say(service, request))) await pause(100);
  }
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}

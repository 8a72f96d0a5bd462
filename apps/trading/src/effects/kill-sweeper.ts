import { setTimeout as sleep } from 'node:timers/promises';
import type { KillScope, KillSwitch, TradingOutcome } from '@clearway/domain-trading';
import type { TradingCore } from '../trading-core';

/** Pause before looking again at orders that wait for risk. */
const SWEEP_EVERY_MS = 20;

/** Cancels what an engaged kill switch covers, turn by turn, until it is proven that nothing of it is open. */
export class KillSweeper {
  private stopped = false;

  constructor(private readonly core: TradingCore) {}

  /** Goes on where a process before this one stopped. */
  async resume(): Promise<void> {
    const unproven = await this.core.read((state) =>
      [...state.killSwitches.values()].filter((each) => each.provenAtMicros === 0).map((each) => each.scope),
    );
    for (const scope of unproven) {
      void this.sweep(scope).catch((error: Error) =>
        this.core.log.error({ err: error, scope }, 'a kill switch is not proven'),
      );
    }
  }

  stop(): void {
    this.stopped = true;
  }

  /** Sweeps until nothing is left; undefined when the switch was released meanwhile, or the time of the caller is over. */
  async sweep(scope: KillScope, signal?: AbortSignal): Promise<KillSwitch | undefined> {
    for (let canceledOrders = 0; ; ) {
      const outcome = await this.core.submitOwn({ kind: 'SweepKillSwitch', scope }, 'kill switch');
      const done = provenBy(outcome);
      if (done !== 'not yet') return done;
      if (this.stopped || signal?.aborted) return undefined;
      const before = canceledOrders;
      if (outcome.kind === 'swept') canceledOrders = outcome.killSwitch.canceledOrders;
      if (canceledOrders === before) await sleep(SWEEP_EVERY_MS);
    }
  }
}

/** The switch once proven, undefined when there is none any more. */
function provenBy(outcome: TradingOutcome): KillSwitch | 'not yet' | undefined {
  if (outcome.kind !== 'swept') return undefined;
  return outcome.openOrders === 0 ? outcome.killSwitch : 'not yet';
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { MassCancelScope, TradingOutcome } from '@clearway/domain-trading';
import type { CallContext } from '@clearway/platform-rpc';
import type { TradingCore } from '../trading-core';

/** Pause before looking again at orders that wait for risk. */
const SWEEP_EVERY_MS = 20;

/** Cancels what a mass cancel is for, turn by turn, until it is proven that nothing of it is open. */
export class MassCanceler {
  private stopped = false;

  constructor(private readonly core: TradingCore) {}

  stop(): void {
    this.stopped = true;
  }

  /**
   * Answers how many orders were canceled; undefined when the caller's time was over first.
   * @returns the refusal where the scope names nothing that exists
   */
  async cancel(scope: MassCancelScope, call: CallContext): Promise<number | TradingOutcome | undefined> {
    let canceled = 0;
    for (let belowOrderNumber = 0; ; ) {
      const outcome = await this.core.submit({ kind: 'MassCancel', scope, belowOrderNumber }, call);
      if (outcome.kind !== 'mass-canceled') return outcome;
      canceled += outcome.canceledOrders;
      if (outcome.openOrders === 0) return canceled;
      if (this.stopped || call.signal.aborted) return undefined;
      belowOrderNumber = outcome.belowOrderNumber;
      if (outcome.canceledOrders === 0) await sleep(SWEEP_EVERY_MS);
    }
  }
}

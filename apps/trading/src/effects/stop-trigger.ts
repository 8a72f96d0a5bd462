import type { TradingOutput } from '@clearway/domain-trading';
import type { TradingCore } from '../trading-core';

/** Lets the next turn bring released stop orders to the book, where one turn had more of them than it may bring. */
export class StopTrigger {
  private isAsked = false;

  constructor(private readonly core: TradingCore) {}

  /** Takes in what the shard publishes. */
  take(outputs: readonly TradingOutput[]): void {
    if (outputs.some(({ kind }) => kind === 'stops-due')) this.resume();
  }

  /** Goes on with what a process before this one left; does nothing where nothing is released. */
  resume(): void {
    if (this.isAsked) return;
    this.isAsked = true;
    this.core.submitOwn({ kind: 'TriggerStops' }, 'stop orders').then(
      () => {
        this.isAsked = false;
      },
      (error: unknown) => {
        this.isAsked = false;
        this.core.log.warn({ err: error }, 'released stop orders wait for the next command');
      },
    );
  }
}

import type { OrderView, Report, TradingOutput } from '@clearway/domain-trading';
import { RpcError } from '@clearway/platform-rpc';

/** The answer to PlaceOrder: the order after its pivot or its undoing, and its trades up to then. */
export interface Placed {
  readonly order: OrderView;
  readonly fills: readonly Report[];
}

type Waiter = (placed: Placed) => void;

/**
 * Brings the answers of PlaceOrder to whoever waits for them. Every accepted order gets one, at its deadline at the
 * latest, so a waiter is never left behind.
 */
export class PlacedOrders {
  private readonly waiters = new Map<number, Waiter[]>();
  /** Answers of this round of the event loop: who learns only now that an order exists may have been overtaken by its answer. */
  private readonly recent = new Map<number, Placed>();

  /** Takes in what the shard publishes. */
  take(outputs: readonly TradingOutput[]): void {
    for (const output of outputs) {
      if (output.kind !== 'placed') continue;
      this.remember(output);
      const waiters = this.waiters.get(output.order.number);
      if (!waiters) continue;
      this.waiters.delete(output.order.number);
      for (const waiter of waiters) waiter(output);
    }
  }

  /**
   * Calls back once the order is answered, at once if it has just been. Must be called in the round of the event loop in
   * which the outcome of the command was learnt.
   */
  whenPlaced(orderNumber: number, waiter: Waiter): void {
    const placed = this.recent.get(orderNumber);
    if (placed) return waiter(placed);
    const waiters = this.waiters.get(orderNumber);
    if (waiters) waiters.push(waiter);
    else this.waiters.set(orderNumber, [waiter]);
  }

  /** The same as a promise that gives up with OUTCOME_UNKNOWN when the caller's time is over. */
  placed(orderNumber: number, signal: AbortSignal): Promise<Placed> {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(new RpcError('OUTCOME_UNKNOWN'));
      signal.addEventListener('abort', giveUp, { once: true });
      this.whenPlaced(orderNumber, (placed) => {
        signal.removeEventListener('abort', giveUp);
        resolve(placed);
      });
    });
  }

  private remember(placed: Placed): void {
    if (this.recent.size === 0) setImmediate(() => this.recent.clear());
    this.recent.set(placed.order.number, placed);
  }
}

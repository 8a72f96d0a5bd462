import type { OrderView, Report, TradingOutput } from '@clearway/domain-trading';
import { AnswerBoard } from './answer-board';
import { OrderAdmission } from './order-admission';

/** The answer to PlaceOrder: the order after its pivot or its undoing, and its trades up to then. */
export interface Placed {
  readonly order: OrderView;
  readonly fills: readonly Report[];
}

/** Brings the answers of PlaceOrder, by order number, to whoever waits for them. */
export class PlacedOrders {
  /** How many may wait for an answer. */
  readonly admission: OrderAdmission = new OrderAdmission();
  private readonly board = new AnswerBoard<number, Placed>();

  /** Takes in what the shard publishes. */
  take(outputs: readonly TradingOutput[]): void {
    for (const output of outputs) if (output.kind === 'placed') this.board.give(output.order.number, output);
  }

  /** Calls back once the order is answered; see `AnswerBoard.when`. */
  whenPlaced(orderNumber: number, waiter: (placed: Placed) => void): void {
    this.board.when(orderNumber, waiter);
  }

  /** The same as a promise that gives up with OUTCOME_UNKNOWN when the caller's time is over. */
  placed(orderNumber: number, signal: AbortSignal): Promise<Placed> {
    return this.board.answered(orderNumber, signal);
  }
}

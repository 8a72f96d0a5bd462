import type { ReplaceAnswer, TradingOutput } from '@clearway/domain-trading';
import { AnswerBoard } from './answer-board';

/** Brings the answers of ReplaceOrder, by order number and client order id, to whoever waits for them. */
export class ReplacedOrders {
  private readonly board = new AnswerBoard<string, ReplaceAnswer>();

  /** Takes in what the shard publishes. */
  take(outputs: readonly TradingOutput[]): void {
    for (const output of outputs) {
      if (output.kind !== 'replaced') continue;
      const { answer } = output;
      this.board.give(keyOf(answer.order.number, answer.clOrdId), answer);
    }
  }

  /** Calls back once the replacement is answered; see `AnswerBoard.when`. */
  whenReplaced(orderNumber: number, clOrdId: string, waiter: (answer: ReplaceAnswer) => void): void {
    this.board.when(keyOf(orderNumber, clOrdId), waiter);
  }

  /** The same as a promise that gives up with OUTCOME_UNKNOWN when the caller's time is over. */
  replaced(orderNumber: number, clOrdId: string, signal: AbortSignal): Promise<ReplaceAnswer> {
    return this.board.answered(keyOf(orderNumber, clOrdId), signal);
  }
}

function keyOf(orderNumber: number, clOrdId: string): string {
  return `${orderNumber}|${clOrdId}`;
}

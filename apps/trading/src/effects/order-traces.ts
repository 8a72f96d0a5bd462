import type { SagaCall } from '@clearway/domain-saga';
import type { TradingOutput, TradingRequest } from '@clearway/domain-trading';
import { OpenTraces } from '@clearway/platform-saga';
import type { Tracing } from '@clearway/platform-telemetry';

/**
 * Which trace the steps of a sampled order belong to: those of the order's own sagas, and those that settle the trades in
 * which it was the taker. Nearly all orders are not sampled, and cost a look at an empty map.
 */
export class OrderTraces {
  private readonly orders: OpenTraces;
  private readonly trades: OpenTraces;

  constructor(readonly tracing: Tracing) {
    this.orders = new OpenTraces(tracing);
    this.trades = new OpenTraces(tracing);
  }

  /**
   * Notes an order's trace. Must be called in the round of the event loop in which the outcome of its command was learnt:
   * the steps leave in the next.
   */
  begin(orderNumber: number, traceparent: string): void {
    this.orders.begin(orderNumber, traceparent);
  }

  /** Takes in what the shard publishes: trades inherit their taker's trace, and the end of a saga ends its own. */
  take(outputs: readonly TradingOutput[]): void {
    if (this.orders.size === 0 && this.trades.size === 0) return;
    for (const output of outputs) {
      if (output.kind === 'report') this.reported(output);
      else if (output.kind === 'saga-ended') this.tracesOf(output.sagaKind).end(output.subject);
    }
  }

  /** Traceparent for a step that is about to be sent. */
  of({ sagaKind, subject }: SagaCall<TradingRequest>): string | undefined {
    return this.tracesOf(sagaKind).of(subject);
  }

  private reported({ report: { order, trade } }: Extract<TradingOutput, { kind: 'report' }>): void {
    if (trade === undefined || trade.maker) return;
    const traceparent = this.orders.of(order.number);
    if (traceparent !== undefined) this.trades.begin(trade.number, traceparent);
  }

  private tracesOf(sagaKind: string): OpenTraces {
    return sagaKind === 'SettleTrade' ? this.trades : this.orders;
  }
}

import type { trading } from '@clearway/contracts';
import type { CallContext } from '@clearway/platform-rpc';
import { serverAttributes } from '@clearway/platform-service';
import type { OpenSpan, Tracing } from '@clearway/platform-telemetry';

/**
 * The spans of one stream's sampled commands. A stream is no trace: it lives for hours, so each command that is sampled
 * begins a trace of its own, linked to the one that the stream was opened in, and its span ends with the acknowledgement.
 */
export class CommandSpans {
  private readonly open = new Map<number, OpenSpan>();

  constructor(
    private readonly tracing: Tracing,
    private readonly call: CallContext,
  ) {}

  /** Decides whether the next command is sampled. */
  samples(): boolean {
    return this.tracing.beginsTrace();
  }

  /** Starts the span of a command, whose kind is `PlaceOrder` or `CancelOrder`. */
  start(requestId: number, kind: string): OpenSpan {
    const { call } = this;
    const span = this.tracing.start({
      name: call.method.slice(1),
      kind: 'server',
      parent: '',
      attributes: { ...serverAttributes(call), 'clearway.command': kind },
      links: call.traceparent === '' ? [] : [call.traceparent],
    });
    this.open.get(requestId)?.end('superseded');
    this.open.set(requestId, span);
    return span;
  }

  /** A command is acknowledged, by an answer or an error of its own. Answers its traceparent if it was sampled. */
  acknowledged({ requestId, result }: trading.OrderEntryAck): string | undefined {
    if (this.open.size === 0) return undefined;
    const span = this.open.get(requestId);
    if (!span) return undefined;
    this.open.delete(requestId);
    if (result?.$case === 'error') {
      span.set({ 'error.type': result.value.reason?.code ?? '' });
    } else if (result?.value.order) {
      const { orderId, account, symbol } = result.value.order;
      span.set({
        'clearway.order.id': orderId,
        'clearway.order.account': account,
        'clearway.order.symbol': symbol,
      });
    }
    span.end();
    return span.traceparent;
  }

  /** The stream is over: what was not acknowledged never will be. */
  close(): void {
    for (const span of this.open.values()) span.end('CANCELLED');
    this.open.clear();
  }
}

import { trading } from '@clearway/contracts';

const LATENCIES_MAX = 4_096;

/** What happened in the sample market since the last report; bounded, whatever happens. */
export class MarketStatistics {
  private orders = 0;
  private trades = 0;
  private reconnects = 0;
  private skipped = 0;
  private readonly refusals = new Map<string, number>();
  private latenciesMs: number[] = [];
  private readonly lastPrices = new Map<string, string>();

  /** Counts the answer to one command, and each reason of a refusal. */
  onAck({ result }: trading.OrderEntryAck, latencyMs: number): void {
    if (this.latenciesMs.length < LATENCIES_MAX) this.latenciesMs.push(latencyMs);
    if (result?.$case === 'error') this.refuse(result.value.reason?.code ?? `status ${result.value.status}`);
    if (result?.$case !== 'placed') return;
    this.orders += 1;
    const { order } = result.value;
    if (order?.ordStatus !== trading.OrdStatus.ORD_STATUS_REJECTED) return;
    for (const { code } of order.reasons) this.refuse(code);
  }

  /** Counts a trade once, by the side that was resting. */
  onReport({ execType, maker, order, lastPx }: trading.ExecutionReport): void {
    if (execType === trading.ExecType.EXEC_TYPE_TRADE_CANCEL) this.refuse('TRADE_BUSTED');
    if (execType !== trading.ExecType.EXEC_TYPE_TRADE || !maker) return;
    this.trades += 1;
    if (order !== undefined) this.lastPrices.set(order.symbol, lastPx);
  }

  onReconnect(): void {
    this.reconnects += 1;
  }

  /** A turn that was left out because too many commands wait for an answer. */
  onSkipped(): void {
    this.skipped += 1;
  }

  /** One line for a person about the time since the last one, and begins anew. Prices stay. */
  report(seconds: number): string {
    const parts = [
      `${this.orders} orders, ${this.trades} trades in ${seconds} s`,
      this.refusalsText(),
      this.latencyText(),
      ...(this.skipped > 0 ? [`${this.skipped} turns skipped`] : []),
      ...(this.reconnects > 0 ? [`${this.reconnects} reconnects`] : []),
      [...this.lastPrices].map(([symbol, price]) => `${symbol} ${price}`).join(' '),
    ];
    this.reset();
    return parts.filter((part) => part !== '').join(' · ');
  }

  private refuse(reason: string): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }

  private refusalsText(): string {
    if (this.refusals.size === 0) return 'none refused';
    return `refused: ${[...this.refusals].map(([reason, count]) => `${reason} ${count}`).join(', ')}`;
  }

  private latencyText(): string {
    const sorted = this.latenciesMs.sort((a, b) => a - b);
    const [median, worst] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
    if (median === undefined || worst === undefined) return 'no answers';
    return `answers in ${median.toFixed(1)} ms (median), ${worst.toFixed(1)} ms (worst)`;
  }

  private reset(): void {
    this.orders = 0;
    this.trades = 0;
    this.reconnects = 0;
    this.skipped = 0;
    this.refusals.clear();
    this.latenciesMs = [];
  }
}

import type { Report, TradingOutput } from '@clearway/domain-trading';
import { NumberedMap } from '@clearway/kernel';

/** Takes reports of one account, or of the orders it follows. Must not throw. */
export type ReportListener = (report: Report, sequence: number) => void;

/** Hands durable reports to those who watch an account and to streams that follow single orders. */
export class ReportHub {
  private readonly byAccount = new Map<string, Set<ReportListener>>();
  private readonly byOrder = new NumberedMap<ReportListener>();
  private readonly sequences = new Map<string, number>();

  /** `epoch` tells reports of this process from those of the one before: sequences start again with it. */
  constructor(readonly epoch: number) {}

  /** Takes in what the shard publishes, in order. */
  take(outputs: readonly TradingOutput[]): void {
    for (const output of outputs) if (output.kind === 'report') this.deliver(output.report);
  }

  /** Watches an account until the returned function is called. */
  watch(account: string, listener: ReportListener): () => void {
    const listeners = this.byAccount.get(account) ?? new Set();
    this.byAccount.set(account, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.byAccount.delete(account);
    };
  }

  /** Follows one order; a later follower of the same order takes its place. */
  follow(orderNumber: number, listener: ReportListener): void {
    this.byOrder.set(orderNumber, listener);
  }

  /** Stops following, unless somebody else has taken over. */
  unfollow(orderNumber: number, listener: ReportListener): void {
    if (this.byOrder.get(orderNumber) === listener) this.byOrder.delete(orderNumber);
  }

  private deliver(report: Report): void {
    const { account } = report.order.terms;
    const sequence = (this.sequences.get(account) ?? 0) + 1;
    this.sequences.set(account, sequence);
    this.byOrder.get(report.order.number)?.(report, sequence);
    const listeners = this.byAccount.get(account);
    if (listeners) for (const listener of listeners) listener(report, sequence);
  }
}

import type { LobsterSample } from '@clearway/platform-feeds';
import { type LobsterMessage, ticksOf } from '@clearway/platform-feeds';
import { ExecutionPlanner } from './execution-planner';
import { MentionIndex } from './order-mentions';
import { PlanWriter } from './plan-writer';
import type { ReplayPlan } from './replay-command';
import { VisibilityIndex } from './visibility-index';
import { WindowReconciler } from './window-reconciler';

/**
 * Turns the rows of a sample into the commands that make the same happen on a real book: adds become limit orders, deletes
 * cancels, executions immediate-or-cancel orders of an aggressor on the other side, and partial cancels the cancel of a part
 * that was entered apart. Pure: the same sample gives the same plan.
 */
export function buildPlan(sample: LobsterSample, participantCount: number): ReplayPlan {
  const builder = new PlanBuilder(sample, participantCount);
  return builder.build();
}

class PlanBuilder {
  private readonly writer: PlanWriter;
  private readonly mentions: MentionIndex;
  private readonly executions: ExecutionPlanner;
  private readonly window: WindowReconciler | undefined;
  private readonly firstRow: number;

  constructor(
    private readonly sample: LobsterSample,
    private readonly participantCount: number,
  ) {
    this.firstRow = sample.books ? 1 : 0;
    this.writer = new PlanWriter(participantCount);
    this.mentions = new MentionIndex(
      sample.messages,
      this.firstRow,
      sample.books && new VisibilityIndex(sample.books, sample.messages.length),
    );
    this.executions = new ExecutionPlanner(sample.messages, this.mentions, this.writer);
    this.window = sample.books && new WindowReconciler(sample.books, this.mentions, this.writer);
  }

  build(): ReplayPlan {
    const { messages } = this.sample;
    this.window?.reconcile(0, 'seed');
    this.writer.figures.rowsSeed = this.firstRow;
    for (let row = this.firstRow; row < messages.length; ) {
      const next = messages[row]!.event === 'execute' ? this.executions.plan(row) : this.step(messages[row]!);
      this.window?.reconcile(next - 1, 'adopt');
      row = next;
    }
    const { commands, figures } = this.writer;
    return { commands, figures, participantCount: this.participantCount };
  }

  /** Plans a row that is no visible execution; answers the next row. */
  private step(message: LobsterMessage): number {
    const { figures } = this.writer;
    if (message.event === 'add') this.add(message);
    else if (message.event === 'delete') this.delete(message);
    else if (message.event === 'reduce') this.reduce(message);
    else if (message.event === 'status') this.status(message);
    else if (message.event === 'cross') figures.rowsCrossSkipped += 1;
    else figures.rowsHiddenSkipped += 1;
    return message.row + 1;
  }

  private add(message: LobsterMessage): void {
    const { row, orderId, side, size: lots } = message;
    const priceTicks = ticksOf(message);
    this.forgetCrossed(message, priceTicks);
    const order = { purpose: 'add' as const, row, orderId, side, priceTicks, lots };
    this.writer.restInParts(order, this.mentions.after(orderId, row).reductionsLots);
    this.writer.figures.rowsAdded += 1;
  }

  /** What rests on the other side at or through the price of an add has gone unseen: an add of this data never trades. */
  private forgetCrossed({ row, side }: LobsterMessage, priceTicks: number): void {
    const other = side === 'BUY' ? 'SELL' : 'BUY';
    for (const order of this.writer.book.ordersBetter(other, priceTicks, true)) {
      this.writer.cancel(order, 'forget', row);
    }
  }

  private delete({ row, orderId }: LobsterMessage): void {
    const orders = this.writer.book.ordersOf(orderId);
    for (const order of orders) this.writer.cancel(order, 'delete', row);
    if (orders.length === 0) this.writer.figures.rowsUnknownSkipped += 1;
    else this.writer.figures.rowsDeleted += 1;
  }

  private reduce({ row, orderId, size }: LobsterMessage): void {
    const part = this.writer.book
      .ordersOf(orderId)
      .find(({ forReduction, lots }) => forReduction && lots === size);
    if (part) this.writer.cancel(part, 'reduce', row);
    if (part) this.writer.figures.rowsReduced += 1;
    else this.writer.figures.rowsUnknownSkipped += 1;
  }

  private status({ row, price }: LobsterMessage): void {
    this.writer.figures.rowsStatus += 1;
    if (price === -1) this.writer.status(row, true);
    if (price === 1) this.writer.status(row, false);
  }
}

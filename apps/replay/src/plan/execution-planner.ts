import { type LobsterMessage, type Side, ticksOf } from '@clearway/platform-feeds';
import type { MentionIndex } from './order-mentions';
import type { PlanWriter } from './plan-writer';
import type { PlannedOrder } from './planned-book';

interface Fill {
  readonly order: PlannedOrder;
  readonly lots: number;
}

/** Plans visible executions: rows of one moment and side were one aggressor, limited by the worst price it reached. */
export class ExecutionPlanner {
  constructor(
    private readonly messages: readonly LobsterMessage[],
    private readonly mentions: MentionIndex,
    private readonly writer: PlanWriter,
  ) {}

  /** Plans the aggressor whose first execution is `row`; answers the row after its last one. */
  plan(row: number): number {
    const group = this.groupFrom(row);
    const visible = group.filter(({ event }) => event === 'execute');
    const makerSide = visible[0]!.side;
    const pricesTicks = visible.map(ticksOf);
    const limitTicks = makerSide === 'BUY' ? Math.min(...pricesTicks) : Math.max(...pricesTicks);
    const named = this.fillsOf(visible);
    const movedBack = this.takeAhead(row, makerSide, limitTicks, named);
    const fills = this.putLast(row, makerSide, limitTicks, named);
    this.writer.take({ row, makerSide, limitTicks, fills });
    for (const { orderId, lots } of movedBack) {
      this.writer.rest({ purpose: 'adopt', row, orderId, side: makerSide, priceTicks: limitTicks, lots });
    }
    this.writer.figures.rowsExecuted += visible.length;
    this.writer.figures.rowsHiddenSkipped += group.length - visible.length;
    return row + group.length;
  }

  /** Executions that follow each other with one time and side; hidden ones may stand between them. */
  private groupFrom(row: number): LobsterMessage[] {
    const first = this.messages[row]!;
    let end = row + 1;
    for (let next = end; next < this.messages.length; next++) {
      const { event, time, side } = this.messages[next]!;
      if (time !== first.time || side !== first.side) break;
      if (event !== 'execute' && event !== 'execute-hidden') break;
      if (event === 'execute') end = next + 1;
    }
    return this.messages.slice(row, end);
  }

  /** The parts of the named orders that the aggressor takes, in the order of the rows. */
  private fillsOf(visible: readonly LobsterMessage[]): Fill[] {
    const takenLots = new Map<PlannedOrder, number>();
    const fills: Fill[] = [];
    for (const message of visible) {
      for (const fill of this.fillsOfRow(message, takenLots)) {
        fills.push(fill);
        takenLots.set(fill.order, (takenLots.get(fill.order) ?? 0) + fill.lots);
      }
    }
    return fills;
  }

  private fillsOfRow(message: LobsterMessage, takenLots: ReadonlyMap<PlannedOrder, number>): Fill[] {
    const fills: Fill[] = [];
    let missing = message.size;
    for (const order of this.writer.book.ordersOf(message.orderId)) {
      const lots = Math.min(order.lots - (takenLots.get(order) ?? 0), missing);
      if (lots > 0) fills.push({ order, lots });
      missing -= lots;
    }
    if (missing > 0) fills.push({ order: this.adopt(message, missing), lots: missing });
    return fills;
  }

  /** Places what an execution names and the plan does not have, so that there is something to hit. */
  private adopt(message: LobsterMessage, missing: number): PlannedOrder {
    const { row, orderId, side } = message;
    const lots = Math.max(missing, this.mentions.after(orderId, row - 1).lots);
    return this.writer.rest({ purpose: 'adopt', row, orderId, side, priceTicks: ticksOf(message), lots });
  }

  /**
   * The data's book is in price-time priority. So what the plan has ahead of an executed order, and was not executed with
   * it, is gone when its price is better, and is really behind it when its price is the same: the plan knew the queue of a
   * price outside the window only by its size. Cancels both, and answers those to enter again behind.
   */
  private takeAhead(
    row: number,
    makerSide: Side,
    limitTicks: number,
    fills: readonly Fill[],
  ): { readonly orderId: number; readonly lots: number }[] {
    const named = new Set(fills.map(({ order }) => order));
    const queue = this.writer.book.ordersBetter(makerSide, limitTicks, true);
    const last = isOutOfTurn(queue, fills) ? queue.length : queue.findLastIndex((order) => named.has(order));
    const ahead = queue.slice(0, last).filter((order) => !named.has(order));
    const movedBack = ahead.filter(({ priceTicks }) => priceTicks === limitTicks);
    const kept = movedBack.map(({ orderId, lots }) => ({ orderId, lots }));
    for (const order of ahead) this.writer.cancel(order, 'forget', row);
    this.writer.figures.ordersMovedBack += kept.length;
    return kept;
  }

  /** An order that keeps lots was reached last: when the plan has it before others that were filled, it is entered again. */
  private putLast(row: number, side: Side, priceTicks: number, fills: readonly Fill[]): readonly Fill[] {
    const queue = this.writer.book.ordersBetter(side, priceTicks, true);
    const last = fills.at(-1)?.order;
    if (!last || !isOutOfTurn(queue, fills)) return fills;
    const { orderId, lots, forReduction } = last;
    this.writer.cancel(last, 'forget', row);
    const order = this.writer.rest({
      purpose: 'adopt',
      row,
      orderId,
      side,
      priceTicks: last.priceTicks,
      lots,
      forReduction,
    });
    this.writer.figures.ordersMovedBack += 1;
    return fills.map((fill) => (fill.order === last ? { ...fill, order } : fill));
  }
}

/** True when the order that was reached last, and keeps lots, stands before another one that was filled. */
function isOutOfTurn(queue: readonly PlannedOrder[], fills: readonly Fill[]): boolean {
  const last = fills.at(-1)?.order;
  if (!last) return false;
  const takenLots = fills.reduce((sum, { order, lots }) => (order === last ? sum + lots : sum), 0);
  const place = queue.indexOf(last);
  return last.lots > takenLots && fills.some(({ order }) => queue.indexOf(order) > place);
}

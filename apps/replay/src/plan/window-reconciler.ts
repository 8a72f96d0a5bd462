import type { BookRows, Side, VisibleLevel } from '@clearway/platform-feeds';
import type { LaterMentions, MentionIndex } from './order-mentions';
import type { OrderToRest, PlanWriter } from './plan-writer';

interface MissingOrder extends LaterMentions {
  readonly orderId: number;
  readonly side: Side;
  readonly priceTicks: number;
}

const SIDES: readonly Side[] = ['BUY', 'SELL'];

/**
 * Keeps the planned book equal to the visible book of the data. A sample lists only what happens inside the visible window,
 * so a price that comes into it may have gained and lost orders unseen: those that went are forgotten (canceled), those that
 * came are adopted (placed), by their ids where a later row names them and as one order of unknown origin for the rest.
 */
export class WindowReconciler {
  private readonly shownBefore = { BUY: new Set<number>(), SELL: new Set<number>() };

  constructor(
    private readonly books: BookRows,
    private readonly mentions: MentionIndex,
    private readonly writer: PlanWriter,
  ) {}

  /** Places the book of row 0 and sets the planned book right after every later row. */
  reconcile(row: number, purpose: 'seed' | 'adopt'): void {
    for (const side of SIDES) {
      const visible = this.books.levels(row, side);
      this.forgetHidden(row, side, visible);
      for (const level of visible) this.match(row, side, level, purpose);
      this.compare(row, side, visible);
      this.shownBefore[side] = new Set(visible.map(({ priceTicks }) => priceTicks));
    }
    this.writer.figures.bookRowsCompared += 1;
  }

  /** Forgets what rests at prices inside the window that the data does not show. */
  private forgetHidden(row: number, side: Side, visible: readonly VisibleLevel[]): void {
    const { book } = this.writer;
    const shown = new Set(visible.map(({ priceTicks }) => priceTicks));
    const isWhole = visible.length < this.books.levelCount;
    const planned = book.best(side, this.books.levelCount + 1);
    if (planned.every(({ priceTicks }) => shown.has(priceTicks))) return;
    const worst = visible.at(-1)?.priceTicks ?? 0;
    const endTicks = side === 'BUY' ? 0 : Number.MAX_SAFE_INTEGER;
    for (const order of book.ordersBetter(side, isWhole ? endTicks : worst, false)) {
      if (!shown.has(order.priceTicks)) this.writer.cancel(order, 'forget', row);
    }
  }

  private match(
    row: number,
    side: Side,
    { priceTicks, lots }: VisibleLevel,
    purpose: 'seed' | 'adopt',
  ): void {
    const { book } = this.writer;
    const isNew = !this.shownBefore[side].has(priceTicks);
    if (!isNew && book.lotsAt(side, priceTicks) === lots) return;
    const missing = this.missingOrders(row, side, priceTicks).filter((order) => !this.recognise(order));
    const missingLots = missing.reduce((sum, order) => sum + order.lots, 0);
    this.forgetExcess(row, side, priceTicks, lots - missingLots);
    const entry = { purpose, row, side, priceTicks };
    for (const { orderId, lots: orderLots, reductionsLots } of missing) {
      const freeLots = Math.min(orderLots, lots - book.lotsAt(side, priceTicks));
      if (freeLots > 0) this.writer.restInParts({ ...entry, orderId, lots: freeLots }, reductionsLots);
    }
    this.restUnknown({ ...entry, orderId: 0, lots: lots - book.lotsAt(side, priceTicks) });
  }

  /**
   * Places what no row names for certain, in the sizes of the orders that rows name when the price is next in sight: most
   * of them are these, and are then recognised by their size without a command.
   */
  private restUnknown(order: OrderToRest): void {
    let { lots } = order;
    for (const { orderId } of this.mentions.unseenAfter(order.side, order.priceTicks, order.row)) {
      const partLots = this.mentions.after(orderId, order.row).lots;
      if (partLots > lots || this.writer.book.ordersOf(orderId).length > 0) continue;
      this.writer.rest({ ...order, lots: partLots });
      lots -= partLots;
    }
    if (lots > 0) this.writer.rest({ ...order, lots });
  }

  /** Gives an order of unknown origin the id of a missing one of its size; false when there is none. */
  private recognise({ orderId, side, priceTicks, lots, reductionsLots }: MissingOrder): boolean {
    if (reductionsLots.length > 0) return false;
    const unknown = this.writer.book.ordersAt(side, priceTicks);
    const match = unknown.find((order) => order.orderId === 0 && order.lots === lots);
    if (match) this.writer.book.name(match, orderId);
    return match !== undefined;
  }

  /** Orders that later rows name, that are certain to rest now, and that the plan does not have. */
  private missingOrders(row: number, side: Side, priceTicks: number): MissingOrder[] {
    return this.mentions
      .unseenAt(side, priceTicks, row)
      .filter(({ orderId }) => this.writer.book.ordersOf(orderId).length === 0)
      .map(({ orderId }) => ({ orderId, side, priceTicks, ...this.mentions.after(orderId, row) }));
  }

  /** Forgets, while more than `keepLots` rests at the price, orders that no later row names, then those that shrank unseen. */
  private forgetExcess(row: number, side: Side, priceTicks: number, keepLots: number): void {
    const { book } = this.writer;
    const excess = (): number => book.lotsAt(side, priceTicks) - keepLots;
    for (const order of book.ordersAt(side, priceTicks)) {
      if (excess() <= 0) return;
      if (order.orderId === 0 || this.mentions.after(order.orderId, row).lots === 0) {
        this.writer.cancel(order, 'forget', row);
      }
    }
    for (const { orderId } of book.ordersAt(side, priceTicks)) {
      if (excess() > 0) this.shrink(row, orderId);
    }
  }

  /** An order that is deleted later with less than it has here was reduced unseen: it is entered again with what it had. */
  private shrink(row: number, orderId: number): void {
    const { book } = this.writer;
    const parts = book.ordersOf(orderId);
    const [first] = parts;
    const { lots, reductionsLots, isDeleted } = this.mentions.after(orderId, row);
    if (!first || !isDeleted || parts.reduce((sum, part) => sum + part.lots, 0) <= lots) return;
    const { side, priceTicks } = first;
    for (const part of parts) this.writer.cancel(part, 'forget', row);
    this.writer.restInParts({ purpose: 'adopt', row, orderId, side, priceTicks, lots }, reductionsLots);
  }

  private compare(row: number, side: Side, visible: readonly VisibleLevel[]): void {
    const planned = this.writer.book.best(side, visible.length);
    const isEqual = visible.every(
      (level, i) => planned[i]?.priceTicks === level.priceTicks && planned[i]?.lots === level.lots,
    );
    if (!isEqual) {
      this.writer.figures.bookRowsDiffering += 1;
      if (process.env.DBG && this.writer.figures.bookRowsDiffering <= +process.env.DBG)
        console.log(row, side, JSON.stringify(visible), JSON.stringify(planned));
    }
  }
}

import type { OrderBook, SelfTradeAction, Side } from '@clearway/domain-matching';
import { REPORT, type ReportRing } from './report-ring';
import { MESSAGE, type Workload } from './workload';

const BUY = 0;
const SELL = 1;

/**
 * Drives an order book with the messages of a workload and writes what a venue would publish into a ring: an acknowledgement
 * per order, cancel and modify, a trade per fill, a cancel for what an IOC or self-trade prevention leaves, a reject for what
 * names no resting order. A modify takes the order out and enters it anew, so it loses its place and may trade.
 */
export class BookSession {
  constructor(
    readonly book: OrderBook,
    private readonly ring: ReportRing,
    private readonly selfTrade: SelfTradeAction,
  ) {}

  /** Plays the messages from one index up to, not including, another. */
  play(workload: Workload, from = 0, to = workload.count): void {
    for (let i = from; i < to; i++) this.apply(workload, i);
  }

  /** Plays one message; its index is its sequence number. */
  apply(workload: Workload, i: number): void {
    const type = workload.types[i]!;
    if (type === MESSAGE.new) this.enter(workload, i);
    else if (type === MESSAGE.cancel) this.cancel(i, workload.orderIds[i]!);
    else this.modify(workload, i);
  }

  private enter(workload: Workload, i: number): void {
    const side = workload.sides[i]!;
    const orderId = workload.orderIds[i]!;
    const priceTicks = workload.pricesTicks[i]!;
    const quantityLots = workload.quantitiesLots[i]!;
    const isIoc = workload.iocs[i] === 1;
    this.ring.push(REPORT.orderAck, i, side, orderId, priceTicks, quantityLots, 0);
    this.submit(i, orderId, side, priceTicks, quantityLots, workload.owners[i]!, isIoc);
    const { fills } = this.book;
    if (fills.leavesLots > 0 && (isIoc || fills.isTakerCancelled)) {
      this.ring.push(REPORT.cancelAck, i, side, orderId, priceTicks, 0, 0);
    }
  }

  private cancel(sequence: number, orderId: number): void {
    if (!this.book.removeIfResting(orderId)) {
      this.ring.push(REPORT.cancelReject, sequence, 0, orderId, 0, 0, 0);
      return;
    }
    const { side, priceTicks } = this.book.removed;
    this.ring.push(REPORT.cancelAck, sequence, side === 'BUY' ? BUY : SELL, orderId, priceTicks, 0, 0);
  }

  private modify(workload: Workload, i: number): void {
    const orderId = workload.orderIds[i]!;
    if (!this.book.removeIfResting(orderId)) {
      this.ring.push(REPORT.modifyReject, i, 0, orderId, 0, 0, 0);
      return;
    }
    const side = workload.sides[i]!;
    const priceTicks = workload.pricesTicks[i]!;
    const quantityLots = workload.quantitiesLots[i]!;
    this.submit(i, orderId, side, priceTicks, quantityLots, workload.owners[i]!, false);
    const { fills } = this.book;
    if (fills.isTakerCancelled) this.ring.push(REPORT.cancelAck, i, side, orderId, priceTicks, 0, 0);
    this.ring.push(REPORT.modifyAck, i, side, orderId, priceTicks, quantityLots, 0);
  }

  private submit(
    sequence: number,
    orderId: number,
    sideNumber: number,
    priceTicks: number,
    quantityLots: number,
    owner: number,
    isIoc: boolean,
  ): void {
    const { book, ring } = this;
    const { fills } = book;
    const side: Side = sideNumber === BUY ? 'BUY' : 'SELL';
    book.submit(orderId, side, priceTicks, quantityLots, owner, isIoc ? 'IOC' : 'GTC', fills, this.selfTrade);
    for (let i = 0; i < fills.count; i++) {
      const makerOrderId = fills.makerOrderIds[i]!;
      ring.push(
        REPORT.trade,
        sequence,
        sideNumber,
        orderId,
        fills.pricesTicks[i]!,
        fills.quantitiesLots[i]!,
        makerOrderId,
      );
    }
    for (let i = 0; i < fills.preventedCount; i++) {
      const makerSide = sideNumber === BUY ? SELL : BUY;
      ring.push(
        REPORT.cancelAck,
        sequence,
        makerSide,
        fills.preventedOrderIds[i]!,
        0,
        fills.preventedLots[i]!,
        0,
      );
    }
  }
}

import { OrderBook } from '@clearway/domain-matching';
import { BookSession } from './book-session';
import { deepBook } from './deep-book';
import { FLOW_SHAPES, orderFlow } from './order-flow';
import { REPORT, REPORT_FIELDS, ReportRing } from './report-ring';
import { MESSAGE, type Workload } from './workload';

const ORDERS = 20_000;

function reportCounts(workloads: readonly Workload[]): { counts: number[]; book: OrderBook } {
  const counts = Array.from({ length: Object.keys(REPORT).length }, () => 0);
  const ring = new ReportRing(64, (slots, offset, count) => {
    for (let i = 0; i < count; i++) counts[slots[offset + i * REPORT_FIELDS]!]!++;
  });
  const session = new BookSession(new OrderBook(), ring, 'CANCEL_OLDEST');
  for (const workload of workloads) session.play(workload);
  ring.drain();
  return { counts, book: session.book };
}

function share(workload: Workload, type: number): number {
  return workload.types.filter((each) => each === type).length / ORDERS;
}

describe('the order flow', () => {
  it.each(FLOW_SHAPES)('$name has the shares of messages that the shapes are known by', (shape) => {
    const flow = orderFlow(shape, ORDERS, 23);
    expect(share(flow, MESSAGE.new)).toBe(1);
    expect(share(flow, MESSAGE.modify)).toBeCloseTo(0.173, 1);
    expect(share(flow, MESSAGE.cancel)).toBeCloseTo(0.824, 1);
    const { counts } = reportCounts([flow]);
    expect(counts.every((count) => count > 0)).toBe(true);
  });

  it('is the same for the same seed and another for another', () => {
    const [a, b, c] = [23, 23, 24].map((seed) => orderFlow(FLOW_SHAPES[1]!, 1_000, seed));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it('stands deeper the less the middle moves', () => {
    const [still, crashing] = [0, 4].map((i) => reportCounts([orderFlow(FLOW_SHAPES[i]!, ORDERS, 23)]).book);
    expect(still!.orderCount).toBeGreaterThan(2 * crashing!.orderCount);
  });
});

describe('the deep book', () => {
  it('stands as it was built after every four messages', () => {
    const { setup, measured } = deepBook(500, 4_000, 23);
    const { counts, book } = reportCounts([setup, measured]);
    expect([book.levelCountOf('BUY'), book.levelCountOf('SELL')]).toEqual([500, 500]);
    expect(counts[REPORT.trade]).toBe(1_000);
    expect(counts[REPORT.cancelReject]).toBe(0);
  });
});

import { OrderBook, type SelfTradeAction } from '@clearway/domain-matching';
import { BookSession } from './book-session';
import { REPORT_FIELDS, ReportRing } from './report-ring';
import { MESSAGE, Workload } from './workload';

type Row = Parameters<Workload['set']> extends [number, ...infer Fields] ? Fields : never;

/** Reports as `kind sequence side id price lots maker`. */
function reportsOf(rows: readonly Row[], selfTrade: SelfTradeAction = 'ALLOW', capacity = 4): string[] {
  const lines: string[] = [];
  const ring = new ReportRing(capacity, (slots, offset, count) => {
    for (let i = 0; i < count; i++) {
      const at = offset + i * REPORT_FIELDS;
      lines.push(slots.slice(at, at + REPORT_FIELDS - 1).join(' '));
    }
  });
  const workload = new Workload(rows.length);
  rows.forEach((row, i) => {
    workload.set(i, ...row);
  });
  new BookSession(new OrderBook(), ring, selfTrade).play(workload);
  ring.drain();
  return lines;
}

describe('a book session', () => {
  it('reports trades at the maker’s price, what an IOC leaves, and rejects', () => {
    expect(
      reportsOf([
        [MESSAGE.new, 1, 0, 5, 1, 100],
        [MESSAGE.new, 0, 1, 8, 2, 101],
        [MESSAGE.cancel, 0, 0, 0, 1, 0],
        [MESSAGE.modify, 0, 0, 3, 9, 100],
      ]),
    ).toEqual([
      '0 0 1 1 100 5 0',
      '0 1 0 2 101 8 0',
      '1 1 0 2 100 5 1',
      '2 1 0 2 101 0 0',
      '4 2 0 1 0 0 0',
      '5 3 0 9 0 0 0',
    ]);
  });

  it('enters a modified order anew, which may trade', () => {
    expect(
      reportsOf([
        [MESSAGE.new, 1, 0, 5, 1, 100],
        [MESSAGE.new, 0, 0, 5, 2, 99],
        [MESSAGE.modify, 0, 0, 6, 2, 100],
        [MESSAGE.cancel, 0, 0, 0, 2, 0],
      ]).slice(2),
    ).toEqual(['1 2 0 2 100 5 1', '3 2 0 2 100 6 0', '2 3 0 2 100 0 0']);
  });

  it('cancels what self-trade prevention takes', () => {
    const rows: Row[] = [
      [MESSAGE.new, 1, 0, 5, 1, 100, 7],
      [MESSAGE.new, 0, 0, 5, 2, 100, 7],
    ];
    expect(reportsOf(rows, 'CANCEL_OLDEST').slice(2)).toEqual(['2 1 1 1 0 5 0']);
    expect(reportsOf(rows, 'CANCEL_NEWEST').slice(2)).toEqual(['2 1 0 2 100 0 0']);
  });
});

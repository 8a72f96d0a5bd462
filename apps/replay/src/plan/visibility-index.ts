import type { BookRows, Side } from '@clearway/platform-feeds';

interface Interval {
  readonly firstRow: number;
  lastRow: number;
}

/**
 * When each price was inside the visible window. An order whose entry no row shows came while its price was outside, so from
 * the row on at which the price came into sight it is certain to rest, until the row that names it.
 */
export class VisibilityIndex {
  private readonly intervals = new Map<string, Interval[]>();

  constructor(books: BookRows, rowCount: number) {
    for (let row = 0; row < rowCount; row++) {
      for (const side of ['BUY', 'SELL'] as const) {
        for (const { priceTicks } of books.levels(row, side)) this.note(`${side}${priceTicks}`, row);
      }
    }
  }

  /** First row of the unbroken stretch of rows up to `row` that show the price; undefined when `row` does not show it. */
  visibleSince(side: Side, priceTicks: number, row: number): number | undefined {
    const intervals = this.intervals.get(`${side}${priceTicks}`) ?? [];
    return intervals.find(({ firstRow, lastRow }) => firstRow <= row && row <= lastRow)?.firstRow;
  }

  private note(key: string, row: number): void {
    const intervals = this.intervals.get(key) ?? [];
    const last = intervals.at(-1);
    if (last?.lastRow === row - 1) last.lastRow = row;
    else intervals.push({ firstRow: row, lastRow: row });
    this.intervals.set(key, intervals);
  }
}

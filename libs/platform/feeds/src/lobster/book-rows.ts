import { PRICE_UNITS_PER_TICK, type Side } from './lobster-message';

/** One price of the visible book: ticks of 0.01 and shares. */
export interface VisibleLevel {
  readonly priceTicks: number;
  readonly lots: number;
}

/** Every level of a row has four columns: ask price, ask size, bid price, bid size. */
export const COLUMNS_PER_LEVEL = 4;
const ROWS_INITIAL = 1024;

/** Parses one row of an order book file (`row` counts from 0). Throws, naming it, when it is not whole levels of numbers. */
export function parseBookRow(line: string, row: number): number[] {
  const cells = line.split(',').map(Number);
  if (cells.length % COLUMNS_PER_LEVEL !== 0)
    throw new Error(`row ${row + 1} of the book: ${cells.length} columns are no order book`);
  const wrong = cells.findIndex((cell) => !Number.isSafeInteger(cell));
  if (wrong >= 0) throw new Error(`row ${row + 1} of the book: "${line.split(',')[wrong]}" is no number`);
  return cells;
}

/**
 * The rows of a LOBSTER order book file in one typed array: row k is the visible book after message k. Every level has four
 * columns (ask price, ask size, bid price, bid size), best level first; an empty level has size 0.
 */
export class BookRows {
  private columns = 0;
  private values = new Float64Array(0);
  private count = 0;

  /** How many rows were read. */
  get rowCount(): number {
    return this.count;
  }

  /** How many levels a side shows; 0 before the first row. */
  get levelCount(): number {
    return this.columns / COLUMNS_PER_LEVEL;
  }

  /** Adds the next row. Throws, naming the row, when it has another number of columns than the first one or no number. */
  push(line: string): void {
    const cells = parseBookRow(line, this.count);
    if (this.count === 0) this.begin(cells.length);
    if (cells.length !== this.columns)
      throw new Error(`row ${this.count + 1} of the book has ${cells.length} columns`);
    this.reserve();
    this.values.set(cells, this.count * this.columns);
    this.count += 1;
  }

  /** The visible levels of a side after message `row`, best first, without the empty ones. */
  levels(row: number, side: Side): VisibleLevel[] {
    const first = side === 'SELL' ? 0 : 2;
    const levels: VisibleLevel[] = [];
    for (let level = 0; level < this.levelCount; level++) {
      const at = row * this.columns + level * COLUMNS_PER_LEVEL + first;
      const lots = this.values[at + 1]!;
      if (lots > 0) levels.push({ priceTicks: this.values[at]! / PRICE_UNITS_PER_TICK, lots });
    }
    return levels;
  }

  private begin(columns: number): void {
    this.columns = columns;
    this.values = new Float64Array(columns * ROWS_INITIAL);
  }

  private reserve(): void {
    if ((this.count + 1) * this.columns <= this.values.length) return;
    const grown = new Float64Array(this.values.length * 2);
    grown.set(this.values);
    this.values = grown;
  }
}

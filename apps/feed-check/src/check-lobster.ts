import {
  COLUMNS_PER_LEVEL,
  type LobsterMessage,
  parseBookRow,
  readLobsterRows,
  type Side,
} from '@clearway/platform-feeds';
import { WindowBook, type WindowCounts, type WindowLevel } from './window-book';

/** What comparing a rebuilt book with the order book file gave. */
export interface LobsterCheck extends WindowCounts {
  readonly rows: number;
  readonly levels: number;
  /** Rows whose every level of both sides is equal in price and size; the first row seeds the book and is equal by that. */
  readonly equalRows: number;
  /** The first things that are wrong, as sentences. */
  readonly faults: readonly string[];
}

const SIDES: readonly Side[] = ['BUY', 'SELL'];
const FAULTS_MAX = 10;

/**
 * Rebuilds the book of a LOBSTER sample from its messages and compares it with the order book file after every one of them.
 * The first row seeds the book, as its message is already in it. Throws when the sample cannot be read or has no such file.
 */
export async function checkLobster(file: string, rowsMax?: number): Promise<LobsterCheck> {
  const comparison = new RowComparison();
  const rows = await readLobsterRows(file, (message, line) => comparison.row(message, line), rowsMax);
  return { rows, ...comparison.result() };
}

class RowComparison {
  private book = new WindowBook(0);
  private levelsMax = 0;
  private equalRows = 0;
  private readonly faults: string[] = [];

  row(message: LobsterMessage, line: string | undefined): void {
    if (line === undefined) throw new Error('there is no order book file to compare with');
    const cells = parseBookRow(line, message.row);
    if (message.row === 0) this.begin(cells);
    else if (cells.length !== this.levelsMax * COLUMNS_PER_LEVEL)
      throw new Error(`row ${message.row + 1} of the book has ${cells.length} columns`);
    const fault = message.row === 0 ? undefined : this.book.apply(message);
    if (fault !== undefined) this.fault(message.row, fault);
    const isEqual = SIDES.map((side) => this.compare(message.row, side, cells)).every(Boolean);
    if (isEqual && fault === undefined) this.equalRows++;
  }

  result(): Omit<LobsterCheck, 'rows'> {
    const { levelsMax: levels, equalRows, faults } = this;
    return { levels, equalRows, faults, ...this.book.counts };
  }

  private begin(cells: readonly number[]): void {
    this.levelsMax = cells.length / COLUMNS_PER_LEVEL;
    this.book = new WindowBook(this.levelsMax);
  }

  private compare(row: number, side: Side, cells: readonly number[]): boolean {
    const shown = this.shownLevels(side, cells);
    this.book.followWindow(side, shown);
    const ours = textOf(this.book.levels(side));
    const isEqual = ours === textOf(shown);
    if (!isEqual) this.fault(row, `${side} is ${ours}, the file has ${textOf(shown)}`);
    return isEqual;
  }

  private shownLevels(side: Side, cells: readonly number[]): WindowLevel[] {
    const first = side === 'SELL' ? 0 : 2;
    const levels: WindowLevel[] = [];
    for (let at = first; at < cells.length; at += COLUMNS_PER_LEVEL) {
      if (cells[at + 1]! > 0) levels.push({ price: cells[at]!, size: cells[at + 1]! });
    }
    return levels;
  }

  private fault(row: number, what: string): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push(`row ${row + 1}: ${what}`);
  }
}

function textOf(levels: readonly WindowLevel[]): string {
  return levels.map(({ price, size }) => `${size}@${price}`).join(' ');
}

import { TextLines } from '../text-lines';
import { unpackedStream } from '../unpacked-stream';
import { parseTradeHeader, type TradeColumns, type TradeRow } from './trade-columns';

const DECIMAL = /^\d+(\.\d+)?$/;
const BUY = new Set(['buy', 'b', '1']);
const SELL = new Set(['sell', 's', '-1']);

/**
 * Reads a CSV of trades with a heading (`.gz` is unpacked on the way) row by row, in memory that does not grow with it.
 * Answers the number of trades. Throws, naming the row, when one has other columns than the heading or no positive decimal
 * price and quantity.
 */
export async function readTradeCsv(file: string, take: (trade: TradeRow) => void): Promise<number> {
  const lines = new TextLines(unpackedStream(file));
  const heading = await lines.take();
  if (heading === undefined) throw new Error(`${file} is empty`);
  const columns = parseTradeHeader(heading);
  for (let row = 0; ; row++) {
    const line = lines.takeBuffered() ?? (await lines.take());
    if (line === undefined) return row;
    take(parseTrade(line, row, columns));
  }
}

function parseTrade(line: string, row: number, columns: TradeColumns): TradeRow {
  const cells = line.split(',').map((cell) => cell.trim().replaceAll('"', ''));
  if (cells.length !== columns.count) throw new Error(`trade ${row + 1} has ${cells.length} columns`);
  const price = cells[columns.price]!;
  const quantity = cells[columns.quantity]!;
  if (!isPositive(price)) throw new Error(`trade ${row + 1}: the price "${price}" is no positive decimal`);
  if (!isPositive(quantity))
    throw new Error(`trade ${row + 1}: the quantity "${quantity}" is no positive decimal`);
  return {
    row,
    id: columns.id === undefined ? undefined : cells[columns.id],
    time: cells[columns.time]!,
    price,
    quantity,
    aggressor: aggressorOf(cells, columns),
  };
}

function isPositive(text: string): boolean {
  return DECIMAL.test(text) && /[1-9]/.test(text);
}

function aggressorOf(cells: readonly string[], columns: TradeColumns): TradeRow['aggressor'] {
  if (columns.isBuyerMaker !== undefined)
    return cells[columns.isBuyerMaker]?.toLowerCase() === 'true' ? 'SELL' : 'BUY';
  const side = columns.side === undefined ? '' : cells[columns.side]!.toLowerCase();
  if (BUY.has(side)) return 'BUY';
  return SELL.has(side) ? 'SELL' : undefined;
}

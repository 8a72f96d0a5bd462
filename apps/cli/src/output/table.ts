import type { Colours, Paint } from './colours';

/** A text with the colour it is shown in. */
export interface PaintedText {
  readonly text: string;
  readonly paint?: Paint | undefined;
}

/** What stands in one field of a table. */
export type Cell = string | number | PaintedText;

/** One column: its title, where its texts stand, and a width that it has at least, for rows that come one by one. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly widthMin?: number;
}

const GAP = '  ';

/** Builds a painted cell. */
export function painted(text: string, paint: Paint | undefined): PaintedText {
  return { text, paint };
}

/** Renders rows under their titles, each column as wide as its widest text; no line ends in blanks. */
export function renderTable(columns: readonly Column[], rows: readonly Cell[][], colours: Colours): string {
  const widths = widthsOf(columns, rows);
  const titles = columns.map(({ title }) => painted(title, 'dim'));
  return [titles, ...rows].map((row) => renderRow(columns, row, widths, colours)).join('\n');
}

/** Renders one row alone, in the columns' minimal widths: for rows of which the last is not known yet. */
export function renderLine(columns: readonly Column[], row: readonly Cell[], colours: Colours): string {
  return renderRow(
    columns,
    row,
    columns.map(({ widthMin = 0 }) => widthMin),
    colours,
  );
}

/** Renders names and what belongs to them, one pair a line; a pair with an empty text is left out. */
export function renderPairs(
  pairs: readonly (readonly [name: string, value: Cell])[],
  colours: Colours,
): string {
  const shown = pairs.filter(([, value]) => textOf(value) !== '');
  const rows = shown.map(([name, value]) => [painted(name, 'dim'), value]);
  const columns: Column[] = [{ title: '' }, { title: '' }];
  const widths = widthsOf(columns, rows);
  return rows.map((row) => renderRow(columns, row, widths, colours)).join('\n');
}

function widthsOf(columns: readonly Column[], rows: readonly (readonly Cell[])[]): number[] {
  return columns.map(({ title, widthMin = 0 }, at) =>
    Math.max(title.length, widthMin, ...rows.map((row) => textOf(row[at] ?? '').length)),
  );
}

function renderRow(
  columns: readonly Column[],
  row: readonly Cell[],
  widths: readonly number[],
  colours: Colours,
): string {
  const texts = columns.map(({ align }, at) => {
    const cell = row[at] ?? '';
    const text = textOf(cell);
    const pad = ' '.repeat(Math.max(0, (widths[at] ?? 0) - text.length));
    const shown = typeof cell === 'object' && cell.paint ? colours[cell.paint](text) : text;
    const isLast = at === columns.length - 1;
    if (align === 'right') return pad + shown;
    return isLast ? shown : shown + pad;
  });
  return texts.join(GAP).trimEnd();
}

/** One line, whatever a service sent: control characters would move the cursor of an operator's terminal. */
function textOf(cell: Cell): string {
  const text = typeof cell === 'object' ? cell.text : String(cell);
  return text.replace(/\p{Cc}+/gu, ' ');
}

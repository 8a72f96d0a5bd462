/**
 * SQL of rows that come as parameters, an array a column, to look up or change rows of a table by their key. The arrays come through
 * sub-selects, so that the planner cannot count them: it takes them for few, and looks each of them up in the key's index. Of thousands
 * that it knew of it made a hash join with the whole table, more so when the table was never analysed; that takes longer with every row
 * that the table grows by. Do not name such a statement: a plan that is kept is that of the table as it was, maybe empty.
 * @param columns SQL type by column name, as the alias of the rows shall have them
 * @param first number of the first parameter; the others follow
 */
export function parameterRows(columns: Readonly<Record<string, string>>, first: number): string {
  const selected = Object.entries(columns).map(
    ([name, type], index) => `unnest((SELECT $${first + index}::${type}[])) AS ${name}`,
  );
  return `(SELECT ${selected.join(', ')})`;
}

/** Rows of such a statement at most, so that none holds its session for long. */
export const PARAMETER_ROWS_MAX = 2_000;

/** The elements in pieces of at most PARAMETER_ROWS_MAX. */
export function piecesOf<Element>(elements: readonly Element[]): (readonly Element[])[] {
  const pieces: (readonly Element[])[] = [];
  for (let from = 0; from < elements.length; from += PARAMETER_ROWS_MAX)
    pieces.push(elements.slice(from, from + PARAMETER_ROWS_MAX));
  return pieces;
}

/** Letters that may be wrong in a word of this length for the suggestion to be worth making. */
const LETTERS_PER_ERROR = 3;

/** The known word nearest to the one that was typed; undefined when none is near. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const errorsMax = Math.max(1, Math.floor(typed.length / LETTERS_PER_ERROR));
  const ranked = known
    .map((word) => ({ word, distance: distanceBetween(typed.toLowerCase(), word.toLowerCase()) }))
    .filter(({ distance }) => distance <= errorsMax)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.word;
}

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function distanceBetween(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(above, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(at(above, j) + 1, at(row, j - 1) + 1, replaced);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) best = Math.min(best, at(before, j - 2) + 1);
      row.push(best);
    }
    before = above;
    above = row;
  }
  return at(above, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? 0;
}

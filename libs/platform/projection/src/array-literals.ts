/**
 * Array literals for unnest, the cheapest way of many rows into Postgres. pg would turn each element into text, look for characters to
 * escape and quote it, which cost half of a projection's time; these know what their elements are.
 */
export function plainArray(elements: readonly (number | bigint | boolean | null)[]): string {
  return `{${elements.map((element) => (element === null ? 'NULL' : element)).join(',')}}`;
}

/** An array literal of texts, each quoted; null stays null. */
export function textArray(elements: readonly (string | null)[]): string {
  let literal = '{';
  for (const element of elements) {
    if (literal.length > 1) literal += ',';
    literal += element === null ? 'NULL' : quoted(element);
  }
  return `${literal}}`;
}

function quoted(text: string): string {
  const isPlain = !text.includes('"') && !text.includes('\\');
  return isPlain ? `"${text}"` : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

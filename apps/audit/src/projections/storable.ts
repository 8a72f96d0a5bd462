/** Postgres stores no NUL character in a text; the leaf's bytes still have it. JSON escapes its own. */
export function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}

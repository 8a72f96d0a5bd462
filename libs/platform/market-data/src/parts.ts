/** Cuts a list into pieces of at most this length; an empty list gives one empty piece. */
export function partsOf<T>(items: readonly T[], partMax: number): (readonly T[])[] {
  const parts: (readonly T[])[] = [];
  for (let from = 0; from < items.length; from += partMax) parts.push(items.slice(from, from + partMax));
  return parts.length === 0 ? [[]] : parts;
}

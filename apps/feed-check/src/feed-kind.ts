/** The kinds of files that are told apart by their names. */
export type FeedKind = 'lobster' | 'itch' | 'trades';

/**
 * What a file is, by its name: LOBSTER has zips and `NAME_message_LEVELS.csv`, other csv files are trades, and NASDAQ's days
 * are called like `01302020.NASDAQ_ITCH50.gz` or `day.itch`. Undefined when the name says nothing.
 */
export function feedKindOf(file: string): FeedKind | undefined {
  const name = file.toLowerCase();
  if (name.endsWith('.zip') || /_message_[^/\\]*\.csv$/.test(name)) return 'lobster';
  if (/\.csv(\.gz)?$/.test(name)) return 'trades';
  return /itch[^/\\]*$/.test(name) ? 'itch' : undefined;
}

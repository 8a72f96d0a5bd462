/** Where the next page begins in each shard: `SHARD.TOKEN,…`; a shard that is not named is at its end. */
const SHARDS_TOKEN = /^\d{1,2}\.\w{0,40}(?:,\d{1,2}\.\w{0,40})*$/;

/** One shard's page of a list that is spread over shards. */
export interface ShardPage<Item> {
  readonly index: number;
  readonly items: readonly Item[];
  /** Whether the shard has nothing after these. */
  readonly isLast: boolean;
}

/** How pages become one. */
export interface PageOrder<Item> {
  readonly pageSize: number;
  /** The request's token: '' for the first page. */
  readonly pageToken: string;
  compare(a: Item, b: Item): number;
  /** The shard's own token for what follows this item. */
  tokenAfter(item: Item): string;
}

/** The token that one shard gets of a token for all of them; undefined when it is at its end. */
export function pageTokenOf(pageToken: string, index: number): string | undefined {
  if (!SHARDS_TOKEN.test(pageToken)) return pageToken;
  const own = pageToken.split(',').find((part) => part.startsWith(`${index}.`));
  return own?.slice(own.indexOf('.') + 1);
}

/** Merges the pages of several shards into one, with a token that goes on in each of them. */
export function mergePages<Item>(
  pages: readonly ShardPage<Item>[],
  order: PageOrder<Item>,
): { items: Item[]; nextPageToken: string } {
  const all = pages.flatMap(({ index, items }) => items.map((item) => ({ item, index })));
  all.sort((a, b) => order.compare(a.item, b.item));
  const shown = all.slice(0, order.pageSize);
  const next = pages.flatMap(({ index, items, isLast }) => {
    const own = shown.filter((each) => each.index === index);
    const last = own.at(-1);
    if (isLast && own.length === items.length) return [];
    const token =
      last === undefined ? (pageTokenOf(order.pageToken, index) ?? '') : order.tokenAfter(last.item);
    return [`${index}.${token}`];
  });
  return { items: shown.map(({ item }) => item), nextPageToken: next.join(',') };
}

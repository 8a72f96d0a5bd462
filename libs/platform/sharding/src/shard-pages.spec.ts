import { mergePages, pageTokenOf } from './shard-pages';

/** Lists numbers from low to high; a shard's own token is the last number shown. */
function pageOf(all: readonly number[], token: string, size: number) {
  const rest = all.filter((each) => each > Number(token));
  return { items: rest.slice(0, size), isLast: rest.length <= size };
}

describe('pages over shards', () => {
  it.each([1, 2, 3, 7, 100])('shows everything once and in order, %d at a time', (pageSize) => {
    const shards = [[1, 2, 3, 10, 11], [], [4, 5, 6, 7, 8, 9, 12]];
    const seen: number[] = [];
    let pageToken = '';
    do {
      const pages = shards.flatMap((all, index) => {
        const token = pageTokenOf(pageToken, index);
        return token === undefined ? [] : [{ index, ...pageOf(all, token, pageSize) }];
      });
      const compare = (a: number, b: number) => a - b;
      const merged = mergePages(pages, { pageSize, pageToken, compare, tokenAfter: String });
      seen.push(...merged.items);
      pageToken = merged.nextPageToken;
    } while (pageToken !== '');
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('hands a token of one shard on as it is', () => {
    expect(pageTokenOf('17', 0)).toBe('17');
    expect(pageTokenOf('', 3)).toBe('');
    expect(pageTokenOf('1.17', 0)).toBeUndefined();
  });
});

import type { Option } from './command';
import type { CommandCall } from './command-call';

/** Most rows that a command prints, and how many unless told otherwise. */
const LIMIT_MAX = 100_000;
const LIMIT_DEFAULT = 100;
/** Largest page that the services give. */
const PAGE_SIZE_MAX = 500;

/** The option of commands that list. */
export const LIMIT_OPTION: Option = { value: 'N', summary: `print at most N (default ${LIMIT_DEFAULT})` };

/** One page and how to get the next; an empty token says that it was the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextPageToken: string;
}

/** Reads pages until the limit of the command line is reached or no more follow. */
export async function readPages<Item>(
  call: CommandCall,
  ask: (page: { readonly pageSize: number; readonly pageToken: string }) => Promise<Page<Item>>,
): Promise<Page<Item>> {
  const limit = call.wholeNumber('limit', LIMIT_DEFAULT, { min: 1, max: LIMIT_MAX });
  const items: Item[] = [];
  let pageToken = '';
  do {
    const pageSize = Math.min(PAGE_SIZE_MAX, limit - items.length);
    const page = await ask({ pageSize, pageToken });
    items.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== '' && items.length < limit);
  return { items, nextPageToken: pageToken };
}

/** Says that not everything is shown; empty when everything is. */
export function moreText({ items, nextPageToken }: Page<unknown>): string {
  return nextPageToken === '' ? '' : `The first ${items.length}; --limit shows more.`;
}

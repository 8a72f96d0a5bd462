import { RpcError } from '@clearway/platform-rpc';

const PAGE_TOKEN_PATTERN = /^(0|[1-9][0-9]{0,15})$/;

/** Reads a page token, which is the number that the next page begins at; `first` for an empty one. Throws INVALID_PAGE. */
export function numberOfPage(pageToken: string, first: number): number {
  if (pageToken === '') return first;
  const number = PAGE_TOKEN_PATTERN.test(pageToken) ? Number(pageToken) : Number.NaN;
  if (!Number.isSafeInteger(number))
    throw new RpcError('INVALID_PAGE', 'page_token is not one that was given.');
  return number;
}

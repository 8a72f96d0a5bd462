import { audit } from '@clearway/contracts';
import type { CallContext } from '@clearway/platform-rpc';
import type { EntrySearch } from '../projections/search-entries';
import { listEntries } from './list-entries.rpc';

const position = { shard: 'audit/0', nextEvent: 9, liveSagas: 0, parkedSagas: 0 };
const entries = [3, 4, 8].map((leafIndex) => ({
  ...audit.AuditEntry.decode(new Uint8Array(0)),
  leafIndex,
}));

/** Calls the handler over three entries; returns what it answered and what it searched for. */
async function list(request: Partial<audit.ListEntriesRequest>) {
  const searches: EntrySearch[] = [];
  const handler = listEntries({
    position: async () => position,
    search: async (search) => {
      searches.push(search);
      return { entries: entries.slice(0, search.limit), nextLeaf: entries[search.limit]?.leafIndex };
    },
  });
  const all = { ...audit.ListEntriesRequest.decode(new Uint8Array(0)), ...request };
  return { answer: await handler(all, {} as CallContext), searches };
}

it('searches by the keys that are given', async () => {
  const { answer, searches } = await list({
    account: 'alice.main',
    fromMicros: 5,
    toMicros: 9,
    pageToken: '3',
  });
  expect(searches).toEqual([{ account: 'alice.main', fromMicros: 5, toMicros: 9, fromLeaf: 3, limit: 100 }]);
  expect(answer).toEqual({ entries, nextPageToken: '', position });
});

it('gives the first leaf of the next page as its token', async () => {
  const { answer } = await list({ pageSize: 2 });
  expect(answer.entries.map(({ leafIndex }) => leafIndex)).toEqual([3, 4]);
  expect(answer.nextPageToken).toBe('8');
});

it.each([
  ['INVALID_PAGE', { pageSize: 501 }],
  ['INVALID_PAGE', { pageToken: '01' }],
  ['INVALID_PAGE', { pageToken: "1' OR true" }],
  ['INVALID_PAGE', { pageToken: '9999999999999999' }],
  ['FIELD_INVALID', { account: 'x'.repeat(257) }],
  ['FIELD_INVALID', { actor: 'a\0' }],
  ['FIELD_INVALID', { fromMicros: -1 }],
  ['FIELD_INVALID', { fromMicros: 9, toMicros: 9 }],
])('%s: %j', async (reason, request) => {
  await expect(list(request)).rejects.toMatchObject({ reason });
});

import type { audit } from '@clearway/contracts';

/** What to look for in the audit log; without its page. */
export type EntrySearch = Omit<audit.ListEntriesRequest, 'pageSize' | 'pageToken'>;

/** A search by the keys given; the others do not take part. */
export function entrySearch(keys: Partial<EntrySearch>): EntrySearch {
  return {
    account: '',
    actor: '',
    resource: '',
    action: '',
    traceId: '',
    fromMicros: 0,
    toMicros: 0,
    order: '',
    participant: '',
    shard: '',
    ...keys,
  };
}

import type { audit, common } from '@clearway/contracts';
import { type FieldCheck, fields, type UnaryHandler } from '@clearway/platform-rpc';
import type { EntrySearch, FoundEntries } from '../projections/search-entries';
import { numberOfPage } from './page-token';

/** Where entries are looked up. */
export interface EntryIndex {
  search(search: EntrySearch): Promise<FoundEntries>;
  /** The prefix of audit's journal that the read model shows. */
  position(): Promise<common.JournalPosition>;
}

const KEY_CHARS_MAX = 256;

/**
 * Lists entries in the order of the tree, by any of the keys given. A page token is a leaf at or before the first of the next page. A page
 * may hold fewer entries than asked for and yet not be the last: only an empty token says that there is nothing more.
 */
export function listEntries(
  index: EntryIndex,
): UnaryHandler<audit.ListEntriesRequest, audit.ListEntriesResponse> {
  return async (request) => {
    const search = searchOf(request);
    // The position is read first: the entries are at least as new as it says.
    const position = await index.position();
    const { entries, nextLeaf } = await index.search(search);
    return { entries: [...entries], nextPageToken: nextLeaf?.toString() ?? '', position };
  };
}

function searchOf(request: audit.ListEntriesRequest): EntrySearch {
  const check = fields();
  const limit = check.pageSize(request.pageSize);
  const { fromMicros, toMicros } = request;
  check.integer('from_micros', fromMicros, 0, Number.MAX_SAFE_INTEGER);
  check.integer('to_micros', toMicros, 0, Number.MAX_SAFE_INTEGER);
  check.require(toMicros === 0 || fromMicros < toMicros, 'to_micros', 'must be after from_micros');
  const search = {
    ...keyOf(check, 'account', request.account),
    ...keyOf(check, 'order', request.order),
    ...keyOf(check, 'participant', request.participant),
    ...keyOf(check, 'shard', request.shard),
    ...keyOf(check, 'actor', request.actor),
    ...keyOf(check, 'resource', request.resource),
    ...keyOf(check, 'action', request.action),
    ...keyOf(check, 'traceId', request.traceId, 'trace_id'),
    ...(fromMicros === 0 ? {} : { fromMicros }),
    ...(toMicros === 0 ? {} : { toMicros }),
    fromLeaf: numberOfPage(request.pageToken, 0),
    limit,
  };
  check.done();
  return search;
}

/** A key that is not given does not take part in the search. */
function keyOf<Key extends keyof EntrySearch>(
  check: FieldCheck,
  key: Key,
  value: string,
  field: string = key,
): { [K in Key]?: string } {
  check.require(!value.includes('\0'), field, 'must not hold a NUL character');
  check.optionalText(field, value, { charsMax: KEY_CHARS_MAX });
  return value === '' ? {} : ({ [key]: value } as { [K in Key]: string });
}

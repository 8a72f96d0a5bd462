import type { audit } from '@clearway/contracts';
import type { Pool } from 'pg';
import { BLOCK_LEAVES, monthOf } from './block-parts';
import { keyOf, resourceKey } from './entry-keys';
import type { LeafSource } from './leaf-source';
import type { Ownership } from './ownership';
import { refsOf } from './ownership';
import { answerOf, entriesIn, ownerOf, type ReadEntry, readEntry, type StoredEntry } from './read-entries';
import { storable } from './storable';
import { SubjectPages } from './subject-pages';

/** What entries are searched by; all that are given must match. */
export interface EntrySearch {
  /** Either side of a trade. */
  readonly account?: string;
  /** `trading/0:17`; either side of a trade. */
  readonly order?: string;
  /** Owner of an account, or the participant who acted; either side of a trade. */
  readonly participant?: string;
  /** Source shard. */
  readonly shard?: string;
  readonly actor?: string;
  readonly resource?: string;
  readonly action?: string;
  readonly traceId?: string;
  /** Not before. */
  readonly fromMicros?: number;
  /** Before. */
  readonly toMicros?: number;
  /** Leaves below this index were on earlier pages. */
  readonly fromLeaf: number;
  readonly limit: number;
}

/** One page of a search. */
export interface FoundEntries {
  readonly entries: readonly audit.AuditEntry[];
  /** Where the next page begins; undefined when there is nothing more. */
  readonly nextLeaf: number | undefined;
}

/** Rows of audit_blocks looked at in one statement. */
const ROWS_AT_A_TIME = 32;

/**
 * The most leaves that are read for one page, some tenths of a second: a search whose keys meet in blocks but hardly ever in one entry
 * gives what it has found by then, and the place to go on from.
 */
const LEAVES_READ_MAX = 131_072;

/** Consecutive leaves to look through. */
interface LeafSpan {
  readonly first: number;
  readonly last: number;
}

/**
 * Finds entries in the order of the tree, which is the order in which audit saw them: within a source that of its journal.
 * A page is stable, because leaves are only ever added behind. The index says which blocks may hold some; whether an entry
 * is one of them, the entry itself says.
 */
export async function searchEntries(
  pool: Pick<Pool, 'query'>,
  leaves: LeafSource,
  search: EntrySearch,
): Promise<FoundEntries> {
  const entries: audit.AuditEntry[] = [];
  let nextLeaf = search.fromLeaf;
  let leavesRead = 0;
  const subjects = new SubjectPages();
  for (let fromRow = blockStart(nextLeaf); ; ) {
    const rows = await candidateRows(pool, search, fromRow, nextLeaf);
    for (const { first, last } of spansOf(rows)) {
      const from = Math.max(first, nextLeaf);
      if (from > last) continue;
      if (leavesRead >= LEAVES_READ_MAX) return { entries, nextLeaf: from };
      for (const entry of await entriesOf({ pool, leaves, subjects }, search, { first: from, last })) {
        if (entries.length === search.limit) return { entries, nextLeaf: entry.read.stored.leafIndex };
        entries.push(answerOf(entry.read, entry.owned));
      }
      leavesRead += last + 1 - from;
      nextLeaf = last + 1;
    }
    if (rows.length < ROWS_AT_A_TIME) return { entries, nextLeaf: undefined };
    fromRow = rows.at(-1)!.first;
  }
}

/** Joins rows that overlap or follow each other within a block, so that a leaf is read once; rows come by their first leaf. */
function spansOf(rows: readonly LeafSpan[]): LeafSpan[] {
  const spans: LeafSpan[] = [];
  for (const { first, last } of rows) {
    const before = spans.at(-1);
    const isJoined =
      before !== undefined && first <= before.last + 1 && blockStart(first) === blockStart(before.first);
    if (isJoined) spans[spans.length - 1] = { first: before.first, last: Math.max(before.last, last) };
    else spans.push({ first, last });
  }
  return spans;
}

interface MatchedEntry {
  readonly read: ReadEntry;
  readonly owned: Ownership;
}

/** What a search reads from. Subjects are those of the moment at which it first needed them. */
interface Sources {
  readonly pool: Pick<Pool, 'query'>;
  readonly leaves: LeafSource;
  readonly subjects: SubjectPages;
}

/** The entries of a span that match, judged by what is cheap to know first. */
async function entriesOf(
  { pool, leaves, subjects }: Sources,
  search: EntrySearch,
  { first, last }: LeafSpan,
): Promise<MatchedEntry[]> {
  const stored = entriesIn(await leaves.read(first, last), first, last);
  const read = stored.filter((entry) => isContextMatch(entry, search)).map(readEntry);
  const about = read.filter(({ fields }) => matches(search.resource, storable(fields.resource)));
  await subjects.load(pool, new Set(about.flatMap(({ fields }) => refsOf(fields))));
  return about
    .map((entry) => ({ read: entry, owned: ownerOf(entry, (ref) => subjects.get(ref)) }))
    .filter(({ owned }) => isOwnerMatch(owned, search));
}

function isContextMatch(entry: StoredEntry, search: EntrySearch): boolean {
  const { fromMicros = 0, toMicros = Number.MAX_SAFE_INTEGER } = search;
  return (
    entry.atMicros >= fromMicros &&
    entry.atMicros < toMicros &&
    matches(search.shard, entry.shard) &&
    matches(search.actor, entry.actor) &&
    matches(search.action, entry.action) &&
    matches(search.traceId, entry.traceId)
  );
}

function isOwnerMatch(owned: Ownership, { account, order, participant }: EntrySearch): boolean {
  return (
    (account === undefined || owned.accounts.some((each) => storable(each) === account)) &&
    (order === undefined || owned.orders.some((each) => storable(each) === order)) &&
    (participant === undefined || owned.participants.includes(participant))
  );
}

function matches(wanted: string | undefined, value: string): boolean {
  return wanted === undefined || wanted === value;
}

interface Row {
  readonly first_leaf: string;
  readonly last_leaf: string;
}

async function candidateRows(
  pool: Pick<Pool, 'query'>,
  search: EntrySearch,
  fromRow: number,
  fromLeaf: number,
): Promise<LeafSpan[]> {
  const { sql, values } = candidatesSql(search, fromRow, fromLeaf);
  const { rows } = await pool.query<Row>(sql, values);
  return rows.map((row) => ({ first: Number(row.first_leaf), last: Number(row.last_leaf) }));
}

/**
 * The statement that finds rows whose leaves may match, and its parameters: those that have all keys, by the index over them. A
 * row begins in the block of its leaves, so nothing before `fromRow`, a block's first leaf at first, has later leaves.
 */
export function candidatesSql(
  search: EntrySearch,
  fromRow: number,
  fromLeaf: number,
): { readonly sql: string; readonly values: unknown[] } {
  const values: unknown[] = [fromRow, fromLeaf];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['first_leaf >= $1', 'last_leaf >= $2'];
  const keys = keysOf(search);
  if (keys.length > 0) conditions.push(`keys @> ${parameter(`{${keys.join(',')}}`)}::bigint[]`);
  const { fromMicros, toMicros } = search;
  if (fromMicros !== undefined) {
    conditions.push(`to_micros >= ${parameter(fromMicros)}`);
    // Rows of one month are in one partition: those before are not even looked at.
    conditions.push(`from_micros >= ${parameter(monthOf(fromMicros).from)}`);
  }
  if (toMicros !== undefined) conditions.push(`from_micros < ${parameter(toMicros)}`);
  const sql = `SELECT first_leaf, last_leaf FROM audit_blocks WHERE ${conditions.join(' AND ')}
    ORDER BY first_leaf LIMIT ${ROWS_AT_A_TIME}`;
  return { sql, values };
}

function keysOf({
  account,
  order,
  participant,
  shard,
  actor,
  resource,
  action,
  traceId,
}: EntrySearch): number[] {
  const keys: number[] = [];
  if (account !== undefined) keys.push(keyOf('account', account));
  if (participant !== undefined) keys.push(keyOf('participant', participant));
  if (order !== undefined) keys.push(resourceKey(`order/${order}`));
  if (resource !== undefined) keys.push(resourceKey(resource));
  if (shard !== undefined) keys.push(keyOf('shard', shard));
  if (actor !== undefined) keys.push(keyOf('actor', actor));
  if (action !== undefined) keys.push(keyOf('action', action));
  if (traceId !== undefined) keys.push(keyOf('trace', traceId));
  return keys;
}

function blockStart(leaf: number): number {
  return leaf - (leaf % BLOCK_LEAVES);
}

import type { ClientBase } from 'pg';
import type { LateKeys } from './block-parts';
import { subjectKeys } from './entry-keys';
import { storable } from './storable';
import type { Subject } from './subject-page';

/** An entry whose owner no event has named yet. */
export interface PendingEntry {
  /** What would say whose it is. */
  readonly ref: string;
  readonly leaf: number;
  readonly atMicros: number;
  /** The part that its leaf stands in, while that is not written. */
  readonly part: { readonly keys: Set<number> };
  /** All that it is found by already. */
  readonly keys: ReadonlySet<number>;
  readonly needsAccount: boolean;
}

type Query = Pick<ClientBase, 'query'>;

/** References that are remembered to wait in the table; when more do, the table is asked about each declared one. */
const REMEMBERED_MAX = 10_000;

/**
 * Entries that came before the event that says whose they are, because sources are followed side by side: most of them wait within one
 * transaction, some in a table for a later one.
 */
export class PendingSubjects {
  /** References that wait in the table; undefined when that is not known or they are too many. */
  #stored: Set<string> | undefined;
  #isRead = false;
  #entries: PendingEntry[] = [];
  #declared = new Set<string>();

  /** Begins a transaction. */
  async begin(client: Query): Promise<void> {
    this.#entries = [];
    this.#declared = new Set();
    if (this.#isRead) return;
    const { rows } = await client.query<{ ref: string }>(REFS);
    this.#stored = rows.length > REMEMBERED_MAX ? undefined : new Set(rows.map(({ ref }) => ref));
    this.#isRead = true;
  }

  /** Notes an entry that waits. */
  add(entry: PendingEntry): void {
    this.#entries.push(entry);
  }

  /** Notes that it was said whose something is. */
  declared(ref: string): void {
    if (this.#stored === undefined || this.#stored.has(storable(ref))) this.#declared.add(storable(ref));
  }

  /** As `declared`, of a number of a series; it costs nothing while nothing waits. */
  declaredNumber(series: string, number: number): void {
    if (this.#stored?.size !== 0) this.declared(`${series}:${number}`);
  }

  /** Settles what can be, writes what goes on waiting, and gives the keys of older entries that waited for what was declared now. */
  async end(client: Query, subjectOf: (ref: string) => Subject | undefined): Promise<LateKeys[]> {
    const waiting = this.#entries.filter((entry) => !settle(entry, subjectOf));
    await storePending(client, waiting);
    const late = await this.#settleOlder(client, subjectOf);
    for (const { ref } of waiting) this.#stored?.add(storable(ref));
    if (this.#stored !== undefined && this.#stored.size > REMEMBERED_MAX) this.#stored = undefined;
    return late;
  }

  /** Forgets everything that is in memory. */
  clear(): void {
    this.#isRead = false;
    this.#stored = undefined;
  }

  async #settleOlder(client: Query, subjectOf: (ref: string) => Subject | undefined): Promise<LateKeys[]> {
    if (this.#declared.size === 0) return [];
    const { rows } = await client.query<PendingRow>({
      name: 'settle-audit-pending',
      text: SETTLE_PENDING,
      values: [[...this.#declared]],
    });
    for (const ref of this.#declared) this.#stored?.delete(ref);
    return rows.map((row) => {
      const keys = new Set(row.keys.map(Number));
      const subject = subjectOf(row.ref);
      if (subject !== undefined) addSubjectKeys(keys, subject, row.needs_account);
      return { leaf: Number(row.leaf_index), atMicros: Number(row.at_micros), keys };
    });
  }
}

/** Adds the keys of an entry whose owner stands later in the same transaction. */
function settle(
  { ref, part, needsAccount }: PendingEntry,
  subjectOf: (ref: string) => Subject | undefined,
): boolean {
  const subject = subjectOf(ref);
  if (subject === undefined) return false;
  addSubjectKeys(part.keys, subject, needsAccount);
  return true;
}

function addSubjectKeys(keys: Set<number>, subject: Subject, needsAccount: boolean): void {
  for (const key of subjectKeys(needsAccount ? subject : { ...subject, accounts: [] })) keys.add(key);
}

async function storePending(client: Query, pending: readonly PendingEntry[]): Promise<void> {
  if (pending.length === 0) return;
  const rows = pending.map(({ ref, leaf, atMicros, keys, needsAccount }) => {
    return { ref: storable(ref), leaf, at: atMicros, keys: `{${[...keys].join(',')}}`, needsAccount };
  });
  await client.query(STORE_PENDING, [JSON.stringify(rows)]);
}

interface PendingRow {
  readonly ref: string;
  readonly leaf_index: string;
  readonly at_micros: string;
  readonly keys: readonly string[];
  readonly needs_account: boolean;
}

const REFS = `SELECT DISTINCT ref FROM audit_pending_subjects LIMIT ${REMEMBERED_MAX + 1}`;

const STORE_PENDING = `
  INSERT INTO audit_pending_subjects (ref, leaf_index, at_micros, keys, needs_account)
  SELECT ref, leaf, at, keys::bigint[], "needsAccount" FROM json_to_recordset($1)
    AS pending (ref text, leaf bigint, at bigint, keys text, "needsAccount" boolean)`;

const SETTLE_PENDING = `
  DELETE FROM audit_pending_subjects WHERE ref = ANY($1) RETURNING ref, leaf_index, at_micros, keys, needs_account`;

import type { ClientBase } from 'pg';
import { type EntryRow, storable } from './entry-row';

/** Whose an entry is: its accounts and orders, at most two of each. A trade has two sides. */
export interface Subject {
  readonly accounts: readonly string[];
  readonly orders: readonly string[];
}

/** A row and whose it is. */
export interface OwnedRow extends Subject {
  readonly row: EntryRow;
  /** The owners of its accounts, else the participant who acted. */
  readonly participants: readonly string[];
  /** Resource that would say more, and that no event has declared yet. */
  readonly pendingRef: string | undefined;
}

/** What a batch of rows says about whose things are, and the rows themselves. */
export interface OwnedRows {
  readonly rows: readonly OwnedRow[];
  readonly declared: ReadonlyMap<string, Subject & { readonly atMicros: number }>;
}

/** The most subjects kept in memory; older ones are read from their table again. */
const CACHED_MAX = 50_000;
const RESOLVABLE_PATTERN = /^(order|trade|saga|transfer)\//;
const PARTICIPANT_ACTOR_PATTERN = /^spiffe:\/\/clearway\/participant\/([a-z0-9-]+)$/;

/**
 * Finds out whose each entry is. Most events of an order name its number only: the account stands in the event that began it,
 * and so it does for trades, sagas and transfers. What was begun once never changes hands, so what is remembered here stays
 * true even if the transaction that it was read in is rolled back.
 */
export class EntrySubjects {
  readonly #cache = new Map<string, Subject>();

  /** Resolves rows in the order of the tree. */
  async resolve(client: Pick<ClientBase, 'query'>, rows: readonly EntryRow[]): Promise<OwnedRows> {
    await this.#load(client, rows);
    const declared = new Map<string, Subject & { readonly atMicros: number }>();
    const owned = rows.map((row) => {
      const ownedRow = this.#own(row);
      const { accounts, orders } = ownedRow;
      for (const ref of accounts.length === 0 ? [] : (row.fields.declares ?? [])) {
        const known = this.#cache.get(ref);
        if (known !== undefined && known.orders.length >= orders.length) continue;
        this.#remember(storable(ref), { accounts, orders });
        declared.set(storable(ref), { accounts, orders, atMicros: row.atMicros });
      }
      return ownedRow;
    });
    return { rows: owned, declared };
  }

  #own(row: EntryRow): OwnedRow {
    const stated = row.fields.orders ?? (row.resource.startsWith('order/') ? [row.resource.slice(6)] : []);
    const refs = refsOf(row);
    const found = refs.map((ref) => this.#cache.get(ref)).filter((subject) => subject !== undefined);
    const orders = stated.length > 0 ? stated : found.flatMap((subject) => subject.orders);
    const accounts = row.account === '' ? found.flatMap((subject) => subject.accounts) : [row.account];
    const isWanting = accounts.length === 0 || (orders.length === 0 && row.resource.startsWith('trade/'));
    const pendingRef =
      isWanting && found.length === 0 ? refs.find((ref) => RESOLVABLE_PATTERN.test(ref)) : undefined;
    return {
      row,
      accounts: firstTwo(accounts),
      orders: firstTwo(orders),
      participants: participantsOf(accounts, row.actor),
      pendingRef,
    };
  }

  async #load(client: Pick<ClientBase, 'query'>, rows: readonly EntryRow[]): Promise<void> {
    const wanted = new Set<string>();
    for (const row of rows) for (const ref of refsOf(row)) if (!this.#cache.has(ref)) wanted.add(ref);
    if (wanted.size === 0) return;
    const { rows: known } = await client.query<SubjectRow>({
      name: 'read-audit-subjects',
      text: 'SELECT ref, account, other_account, order_ref, other_order_ref FROM audit_subjects WHERE ref = ANY($1)',
      values: [[...wanted]],
    });
    for (const row of known) {
      const accounts = [row.account, row.other_account].filter((account) => account !== '');
      const orders = [row.order_ref, row.other_order_ref].filter((order) => order !== '');
      this.#remember(row.ref, { accounts, orders });
    }
  }

  #remember(ref: string, subject: Subject): void {
    this.#cache.delete(ref);
    this.#cache.set(ref, subject);
    if (this.#cache.size <= CACHED_MAX) return;
    const { value: oldest } = this.#cache.keys().next();
    if (oldest !== undefined) this.#cache.delete(oldest);
  }
}

interface SubjectRow {
  readonly ref: string;
  readonly account: string;
  readonly other_account: string;
  readonly order_ref: string;
  readonly other_order_ref: string;
}

/** Stores what a batch declared and gives it to the entries that came before and waited for it. */
export async function storeSubjects(
  client: Pick<ClientBase, 'query'>,
  { rows, declared }: OwnedRows,
): Promise<void> {
  const pending = rows.filter(({ pendingRef }) => pendingRef !== undefined);
  if (pending.length > 0)
    await client.query(STORE_PENDING, [
      pending.map(({ pendingRef }) => pendingRef),
      pending.map(({ row }) => row.leafIndex),
      pending.map(({ row }) => row.atMicros),
    ]);
  if (declared.size === 0) return;
  const subjects = [...declared.values()];
  await client.query({
    name: 'store-audit-subjects',
    text: STORE_SUBJECTS,
    values: [
      [...declared.keys()],
      subjects.map(({ accounts }) => accounts[0] ?? ''),
      subjects.map(({ accounts }) => accounts[1] ?? ''),
      subjects.map(({ orders }) => orders[0] ?? ''),
      subjects.map(({ orders }) => orders[1] ?? ''),
      subjects.map(({ atMicros }) => atMicros),
    ],
  });
  await client.query({ name: 'settle-audit-pending', text: SETTLE_PENDING, values: [[...declared.keys()]] });
}

const STORE_PENDING = `
  INSERT INTO audit_pending_subjects (ref, leaf_index, at_micros)
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])`;

const STORE_SUBJECTS = `
  INSERT INTO audit_subjects (ref, account, other_account, order_ref, other_order_ref, at_micros)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
  ON CONFLICT (ref) DO UPDATE SET account = excluded.account, other_account = excluded.other_account,
    order_ref = excluded.order_ref, other_order_ref = excluded.other_order_ref`;

/** The owner of an account is the part before its point; an entry that already names its account keeps it. */
const SETTLE_PENDING = `
  WITH settled AS (
    DELETE FROM audit_pending_subjects WHERE ref = ANY($1) RETURNING ref, leaf_index, at_micros)
  UPDATE audit_entries AS entry SET
    account = CASE entry.account WHEN '' THEN subject.account ELSE entry.account END,
    other_account = CASE entry.account WHEN '' THEN subject.other_account ELSE '' END,
    order_ref = CASE entry.order_ref WHEN '' THEN subject.order_ref ELSE entry.order_ref END,
    other_order_ref = CASE entry.order_ref WHEN '' THEN subject.other_order_ref ELSE entry.other_order_ref END,
    participant = CASE entry.account WHEN '' THEN split_part(subject.account, '.', 1) ELSE entry.participant END,
    other_participant = CASE entry.account WHEN '' THEN split_part(subject.other_account, '.', 1) ELSE '' END
  FROM settled JOIN audit_subjects AS subject USING (ref)
  WHERE entry.leaf_index = settled.leaf_index AND entry.at_micros = settled.at_micros`;

/** Where to look up whose a row is: its orders if it names them, else its resource, and what caused it. */
function refsOf({ resource, fields }: EntryRow): string[] {
  const refs = fields.orders?.map((order) => `order/${order}`) ?? [resource];
  return fields.via === undefined ? refs : [...refs, fields.via];
}

function participantsOf(accounts: readonly string[], actor: string): readonly string[] {
  const owners = accounts.filter((account) => account.includes('.')).map((account) => account.split('.')[0]!);
  const acting = PARTICIPANT_ACTOR_PATTERN.exec(actor)?.[1];
  return firstTwo(owners.length > 0 || acting === undefined ? owners : [acting]);
}

function firstTwo(values: readonly string[]): readonly string[] {
  return [...new Set(values)].slice(0, 2);
}

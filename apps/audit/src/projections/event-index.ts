import { journal } from '@clearway/contracts';
import type { ClientBase } from 'pg';
import { bufferOf } from '../codec/buffer-of';
import { sliceBatch } from '../codec/source-batch';
import { type BlockPart, BlockParts, type LateKeys, storeParts } from './block-parts';
import { fieldsOf } from './describe-event';
import { keyOf, resourceKey, subjectKeys } from './entry-keys';
import type { EventFields } from './event-fields';
import { endOf } from './leaf-source';
import { type Ownership, ownershipOf, participantOf, participantsOf, refsOf } from './ownership';
import { storable } from './storable';
import { type Subject, SubjectPages } from './subject-pages';
import { traceIdOf } from './trace-id';
import type { PlacedLeaves } from './tree-tables';

/** What the entries of one command share. */
interface ContextKeys {
  readonly atMicros: number;
  readonly participant: string | undefined;
  readonly actor: number;
  /** Undefined for a command without a trace. */
  readonly trace: number | undefined;
}

interface Indexed {
  readonly leaf: number;
  readonly context: ContextKeys;
  readonly shard: number;
  readonly action: number;
  readonly fields: EventFields;
  readonly part: BlockPart;
}

/** An entry whose owner no event has named yet. */
interface Pending extends Indexed {
  readonly ref: string;
}

type Query = Pick<ClientBase, 'query'>;

/** Makes appended leaves findable. It remembers whose what is, so each projection has one of its own. */
export class EventIndex {
  readonly #subjects = new SubjectPages();
  readonly #names = {
    actor: new Map<string, number>(),
    action: new Map<string, number>(),
    shard: new Map<string, number>(),
  };
  readonly #subjectOf = (ref: string): Subject | undefined => this.#subjects.get(ref);
  #nextLeaf = -1;

  /**
   * Writes the keys of these batches within the caller's transaction. Batches come in order; after one that was rolled back the
   * same come again, and what that one said of subjects is forgotten.
   */
  async store(client: Query, batches: readonly PlacedLeaves[]): Promise<void> {
    const [first, last] = [batches[0], batches.at(-1)];
    if (first?.firstLeaf !== this.#nextLeaf) this.#subjects.clear();
    this.#nextLeaf = -1;
    const parts = new BlockParts();
    const declared = new Set<string>();
    const unclear: Pending[] = [];
    for (const batch of batches) {
      const entries = this.#read(batch, parts);
      await this.#subjects.load(client, wantedRefs(entries));
      for (const entry of entries) this.#own(entry, declared, unclear);
    }
    const pending = unclear.filter((entry) => !this.#settle(entry));
    await storePending(client, pending);
    await storeParts(client, parts.all(), await this.#settleOlder(client, [...declared]));
    await this.#subjects.store(client);
    this.#nextLeaf = last === undefined ? -1 : endOf(last);
  }

  #read({ event, firstLeaf }: PlacedLeaves, parts: BlockParts): Indexed[] {
    const { sourceShard, firstEvent, payload } = event;
    const { contexts, events } = sliceBatch(bufferOf(payload));
    const known = contexts.map((bytes) => this.#contextKeys(bytes));
    const shard = this.#nameKey('shard', sourceShard);
    return events.map(({ context: index, type, data }, i) => {
      const [leaf, context] = [firstLeaf + i, known[index]!];
      const part = parts.of(leaf, context.atMicros);
      part.count(leaf, context.atMicros, sourceShard, firstEvent + i);
      const action = this.#nameKey('action', type);
      return { leaf, context, shard, action, fields: fieldsOf(sourceShard, type, data), part };
    });
  }

  /** Notes an entry's keys and what it declares, or that nothing says yet whose it is. */
  #own(entry: Indexed, declared: Set<string>, unclear: Pending[]): void {
    const { fields, context, part } = entry;
    if (this.#isOfKnownSubject(entry)) return;
    const ownership = ownershipOf(fields, context.participant, this.#subjectOf);
    addKeys(part.keys, entry, ownership);
    const { accounts, orders, pendingRef } = ownership;
    if (pendingRef !== undefined) unclear.push({ ...entry, ref: pendingRef });
    if (accounts.length === 0 || fields.declares === undefined) return;
    for (const ref of fields.declares) {
      const known = this.#subjects.get(ref);
      if (known !== undefined && known.orders.length >= orders.length) continue;
      this.#subjects.declare(ref, { accounts, orders }, context.atMicros);
      declared.add(ref);
    }
  }

  /** The plain case, of most events: the resource alone says whose it is, and that has an owner. */
  #isOfKnownSubject({ fields, context, shard, action, part }: Indexed): boolean {
    const { resource, account, orders, via, declares } = fields;
    if (account !== '' || orders !== undefined || via !== undefined || declares !== undefined) return false;
    const subject = this.#subjects.get(resource);
    if (subject === undefined || participantsOf(subject.accounts, undefined).length === 0) return false;
    const { keys } = part;
    keys.add(shard).add(action).add(context.actor);
    if (context.trace !== undefined) keys.add(context.trace);
    for (const key of subject.keys) keys.add(key);
    keys.add(resourceKey(storable(resource)));
    return true;
  }

  /** Adds the keys of an entry whose owner stands later in the same transaction. */
  #settle({ ref, part, fields }: Pending): boolean {
    const subject = this.#subjects.get(ref);
    if (subject === undefined) return false;
    addSubjectKeys(part.keys, subject, fields.account === '');
    return true;
  }

  /** The keys of older entries that waited for what was declared now. */
  async #settleOlder(client: Query, declared: readonly string[]): Promise<LateKeys[]> {
    if (declared.length === 0) return [];
    const { rows } = await client.query<PendingRow>({
      name: 'settle-audit-pending',
      text: SETTLE_PENDING,
      values: [declared],
    });
    return rows.map((row) => {
      const keys = new Set(row.keys.map(Number));
      const subject = this.#subjects.get(row.ref);
      if (subject !== undefined) addSubjectKeys(keys, subject, row.needs_account);
      return { leaf: Number(row.leaf_index), atMicros: Number(row.at_micros), keys };
    });
  }

  #contextKeys(bytes: Buffer): ContextKeys {
    const { atMicros, actor, traceparent } = journal.CommandContext.decode(bytes);
    const traceId = traceIdOf(traceparent);
    return {
      atMicros,
      participant: participantOf(actor),
      actor: this.#nameKey('actor', storable(actor)),
      trace: traceId === '' ? undefined : keyOf('trace', traceId),
    };
  }

  /** Actors, actions and shards are few and come again. */
  #nameKey(kind: 'actor' | 'action' | 'shard', name: string): number {
    const names = this.#names[kind];
    const known = names.get(name);
    if (known !== undefined) return known;
    const key = keyOf(kind, storable(name));
    if (names.size >= NAMES_MAX) names.clear();
    names.set(name, key);
    return key;
  }
}

const NAMES_MAX = 10_000;

function wantedRefs(entries: readonly Indexed[]): string[] {
  const wanted: string[] = [];
  for (const { fields } of entries) {
    for (const ref of refsOf(fields)) wanted.push(ref);
    for (const ref of fields.declares ?? []) wanted.push(ref);
  }
  return wanted;
}

/** Everything that an entry is found by. What becomes known of its owner later is added to these. */
function addKeys(keys: Set<number>, { context, shard, action, fields }: Indexed, owned: Ownership): void {
  keys.add(shard).add(action).add(context.actor);
  if (context.trace !== undefined) keys.add(context.trace);
  if (fields.resource !== '') keys.add(resourceKey(storable(fields.resource)));
  for (const key of subjectKeys(owned)) keys.add(key);
  for (const participant of owned.participants) keys.add(keyOf('participant', participant));
}

function addSubjectKeys(keys: Set<number>, subject: Subject, needsAccount: boolean): void {
  for (const key of subjectKeys(needsAccount ? subject : { ...subject, accounts: [] })) keys.add(key);
}

async function storePending(client: Query, pending: readonly Pending[]): Promise<void> {
  if (pending.length === 0) return;
  const rows = pending.map(({ ref, leaf, context, fields, ...entry }) => {
    const keys = new Set<number>();
    const needsAccount = fields.account === '';
    const accounts = needsAccount ? [] : [fields.account];
    const participants = participantsOf(accounts, undefined);
    addKeys(
      keys,
      { ...entry, leaf, context, fields },
      { accounts, orders: [], participants, pendingRef: ref },
    );
    return { ref: storable(ref), leaf, at: context.atMicros, keys: `{${[...keys].join(',')}}`, needsAccount };
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

const STORE_PENDING = `
  INSERT INTO audit_pending_subjects (ref, leaf_index, at_micros, keys, needs_account)
  SELECT ref, leaf, at, keys::bigint[], "needsAccount" FROM json_to_recordset($1)
    AS pending (ref text, leaf bigint, at bigint, keys text, "needsAccount" boolean)`;

const SETTLE_PENDING = `
  DELETE FROM audit_pending_subjects WHERE ref = ANY($1) RETURNING ref, leaf_index, at_micros, keys, needs_account`;

import { journal } from '@clearway/contracts';
import type { ClientBase } from 'pg';
import { BatchLayout } from '../codec/batch-layout';
import { bufferOf } from '../codec/buffer-of';
import { type BlockPart, BlockParts, ensurePartitions, monthsOf, storeParts } from './block-parts';
import { fieldsOf } from './describe-event';
import { keyOf, resourceKey, subjectKeys } from './entry-keys';
import type { EventFields } from './event-fields';
import type { ContextKeys, IndexedEntry } from './indexed-entry';
import { KeyGroup } from './key-group';
import { endOf } from './leaf-source';
import { type Ownership, ownershipOf, participantOf, participantsOf, refsOf } from './ownership';
import { type PendingEntry, PendingSubjects } from './pending-subjects';
import { type PlainEntry, PlainIndex } from './plain-index';
import { PLAIN_SHAPES, type PlainShapes } from './plain-reader';
import { SourceNames } from './source-names';
import { storable } from './storable';
import type { KnownSubject } from './subject-page';
import { SubjectPages } from './subject-pages';
import { traceIdOf } from './trace-id';
import type { PlacedLeaves } from './tree-tables';

/** An entry that was decoded. */
interface DecodedEntry extends IndexedEntry {
  readonly fields: EventFields;
}

/** A batch while it is indexed: its entries in order, plain or decoded. */
interface ReadBatch {
  readonly names: SourceNames;
  readonly layout: BatchLayout;
  readonly entries: (PlainEntry | DecodedEntry)[];
}

type Query = Pick<ClientBase, 'query'>;

const NAMES_MAX = 10_000;

/**
 * Makes appended leaves findable. It remembers whose what is, so each projection has one of its own. Most events name a number and
 * little else: those are read where their bytes stand (PlainIndex), the others are decoded.
 */
export class EventIndex {
  readonly #subjects = new SubjectPages();
  readonly #plain = new PlainIndex(this.#subjects);
  readonly #pending = new PendingSubjects();
  readonly #sources = new Map<string, SourceNames>();
  readonly #actors = new Map<string, KeyGroup>();
  /** Months that have their partition. */
  readonly #months = new Set<number>();
  /** Plain entries of this transaction that came before the event that says whose they are. */
  #unclear: { readonly read: ReadBatch; readonly at: number; readonly entry: PlainEntry }[] = [];
  readonly #subjectOf = (ref: string): KnownSubject | undefined => this.#subjects.get(ref);
  #nextLeaf = -1;
  readonly #shapes: PlainShapes;

  /** @param shapes events that are not decoded; the keys are the same without any */
  constructor(shapes: PlainShapes = PLAIN_SHAPES) {
    this.#shapes = shapes;
  }

  /**
   * Writes the keys of these batches within the caller's transaction. Batches come in order; after one that was rolled back the
   * same come again, and what that one said of subjects is forgotten.
   */
  async store(client: Query, batches: readonly PlacedLeaves[]): Promise<void> {
    const [first, last] = [batches[0], batches.at(-1)];
    if (first?.firstLeaf !== this.#nextLeaf) this.#clear();
    this.#nextLeaf = -1;
    await this.#pending.begin(client);
    this.#unclear = [];
    const parts = new BlockParts();
    for (const batch of batches) {
      const read = this.#read(batch, parts);
      await this.#subjects.fetch(client);
      for (let at = 0; at < read.entries.length; at++) this.#own(read, at);
    }
    for (const { read, at, entry } of this.#unclear)
      if (!this.#plain.own(entry, this.#pending)) this.#ownDecoded(this.#decode(read, at, entry));
    const late = await this.#pending.end(client, this.#subjectOf);
    await this.#ensureMonths(client, monthsOf(parts.all(), late));
    await storeParts(client, parts.all(), late);
    await this.#subjects.store(client);
    this.#nextLeaf = last === undefined ? -1 : endOf(last);
  }

  #clear(): void {
    this.#subjects.clear();
    this.#pending.clear();
    this.#months.clear();
  }

  async #ensureMonths(client: Query, months: ReadonlySet<number>): Promise<void> {
    const added = [...months].filter((month) => !this.#months.has(month));
    await ensurePartitions(client, added);
    for (const month of added) this.#months.add(month);
  }

  /** Finds out what each entry is about, and wants the pages that say whose that is. */
  #read({ event, firstLeaf }: PlacedLeaves, parts: BlockParts): ReadBatch {
    const { sourceShard, firstEvent, payload } = event;
    const layout = new BatchLayout(bufferOf(payload));
    const names = this.#sourceOf(sourceShard);
    const contexts = Array.from({ length: layout.contextCount }, (_, at) => this.#contextKeys(layout, at));
    const read: ReadBatch = { names, layout, entries: [] };
    const readPlain = this.#plain.readerOf(names, layout);
    for (let at = 0; at < layout.eventCount; at++) {
      const leaf = firstLeaf + at;
      const context = contexts[layout.contextOf(at)]!;
      const part = parts.of(leaf, context.atMicros);
      part.count(leaf, context.atMicros, sourceShard, firstEvent + at);
      const { action, shape } = names.typeOf(layout, at);
      const entry = { leaf, part, context, shard: names.shard, action };
      const plain = shape === undefined ? undefined : readPlain(shape, at, entry);
      read.entries.push(plain ?? this.#decode(read, at, entry));
    }
    return read;
  }

  #decode({ names, layout }: ReadBatch, at: number, entry: IndexedEntry): DecodedEntry {
    const { leaf, part, context, shard, action } = entry;
    const fields = fieldsOf(names.name, names.typeOf(layout, at).name, layout.data(at));
    for (const ref of refsOf(fields)) this.#subjects.want(ref);
    for (const ref of fields.declares ?? []) this.#subjects.want(ref);
    return { leaf, part, context, shard, action, fields };
  }

  /** Notes an entry's keys and what it declares, or that nothing says yet whose it is. */
  #own(read: ReadBatch, at: number): void {
    const entry = read.entries[at]!;
    if ('fields' in entry) return this.#ownDecoded(entry);
    addNames(entry.part, entry);
    if (this.#plain.own(entry, this.#pending)) return;
    this.#plain.ownByActor(entry);
    this.#unclear.push({ read, at, entry });
  }

  #ownDecoded(entry: DecodedEntry): void {
    const { fields, context, part } = entry;
    const ownership = ownershipOf(fields, context.participant, this.#subjectOf);
    addNames(part, entry);
    addOwned(part.keys, fields, ownership);
    const { accounts, orders, pendingRef } = ownership;
    if (pendingRef !== undefined) this.#pending.add(pendingOf(entry, pendingRef));
    if (accounts.length === 0 || fields.declares === undefined) return;
    for (const ref of fields.declares) {
      const known = this.#subjects.get(ref);
      if (known !== undefined && known.orders.length >= orders.length) continue;
      this.#subjects.declare(ref, { accounts, orders }, context.atMicros);
      this.#pending.declared(ref);
    }
  }

  #contextKeys(layout: BatchLayout, at: number): ContextKeys {
    const { atMicros, actor, traceparent } = journal.CommandContext.decode(layout.context(at));
    const traceId = traceIdOf(traceparent);
    const groups = [this.#actorOf(actor)];
    if (traceId !== '') groups.push(new KeyGroup([keyOf('trace', traceId)]));
    return { atMicros, participant: participantOf(actor), groups };
  }

  /** Actors and shards are few and come again. */
  #actorOf(actor: string): KeyGroup {
    const known = this.#actors.get(actor);
    if (known !== undefined) return known;
    if (this.#actors.size >= NAMES_MAX) this.#actors.clear();
    const group = new KeyGroup([keyOf('actor', storable(actor))]);
    this.#actors.set(actor, group);
    return group;
  }

  #sourceOf(shard: string): SourceNames {
    const known = this.#sources.get(shard);
    if (known !== undefined) return known;
    if (this.#sources.size >= NAMES_MAX) this.#sources.clear();
    const source = new SourceNames(shard, this.#shapes);
    this.#sources.set(shard, source);
    return source;
  }
}

/** What every entry is found by: where, what, who. */
function addNames(part: BlockPart, { context, shard, action }: IndexedEntry): void {
  part.add(shard);
  part.add(action);
  for (const group of context.groups) part.add(group);
}

/** What it is about and whose it is. What becomes known of its owner later is added to these. */
function addOwned(keys: Set<number>, { resource }: EventFields, owned: Omit<Ownership, 'pendingRef'>): void {
  if (resource !== '') keys.add(resourceKey(storable(resource)));
  for (const key of subjectKeys(owned)) keys.add(key);
  for (const participant of owned.participants) keys.add(keyOf('participant', participant));
}

function pendingOf({ leaf, part, context, fields, shard, action }: DecodedEntry, ref: string): PendingEntry {
  const groups = [shard, action, ...context.groups];
  const keys = new Set(groups.flatMap((group) => group.keys));
  const needsAccount = fields.account === '';
  const accounts = needsAccount ? [] : [fields.account];
  addOwned(keys, fields, { accounts, orders: [], participants: participantsOf(accounts, undefined) });
  return { ref, leaf, part, keys, needsAccount, atMicros: context.atMicros };
}

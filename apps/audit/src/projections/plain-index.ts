import type { BatchLayout } from '../codec/batch-layout';
import { keyOf, subjectKeys } from './entry-keys';
import type { IndexedEntry } from './indexed-entry';
import { KeyGroup } from './key-group';
import type { PendingSubjects } from './pending-subjects';
import { PlainReader, type PlainShape } from './plain-reader';
import type { SourceNames } from './source-names';
import { KnownSubject, type Series, type SubjectPage } from './subject-page';
import type { SubjectPages } from './subject-pages';

interface NamedAccount {
  readonly name: string;
  /** The account's key and its owner's. */
  readonly group: KeyGroup;
}

/** An entry that its bytes alone say enough of. */
export interface PlainEntry extends IndexedEntry {
  readonly shape: PlainShape;
  readonly number: number;
  readonly page: SubjectPage;
  readonly account: NamedAccount | undefined;
  readonly sagaNumber: number;
  /** Of the saga that begins with it. */
  readonly sagaPage: SubjectPage | undefined;
}

/** Reads the event at an index of a batch; undefined when it has to be decoded. */
export type PlainBatchReader = (shape: PlainShape, at: number, entry: IndexedEntry) => PlainEntry | undefined;

const ACCOUNTS_MAX = 10_000;

/**
 * Indexes events that name a number and at most an account, without decoding them: most of all. It says of them exactly what
 * ownershipOf says of the decoded event; where it can not, the caller decodes.
 */
export class PlainIndex {
  readonly #subjects: SubjectPages;
  readonly #accounts = new Map<string, NamedAccount>();

  constructor(subjects: SubjectPages) {
    this.#subjects = subjects;
  }

  /** Reads the events of one batch, and wants the pages that say whose they are. */
  readerOf(names: SourceNames, layout: BatchLayout): PlainBatchReader {
    const found = new PlainReader(layout.payload);
    return (shape, at, entry) => {
      if (!found.read(shape, layout.dataStart(at), layout.dataEnd(at))) return undefined;
      const series = this.#seriesOf(shape, names, layout, found);
      if (series === undefined) return undefined;
      const { leaf, part, context, shard, action } = entry;
      const { number, sagaNumber } = found;
      const account = shape.account === undefined ? undefined : this.#accountOf(layout.payload, found);
      const page = this.#subjects.wantPage(series, number);
      const sagaPage = sagaNumber === 0 ? undefined : this.#sagaPage(names, sagaNumber);
      return { leaf, part, context, shard, action, shape, number, page, account, sagaNumber, sagaPage };
    };
  }

  /** Adds what it is about and whose it is, when that is known or it says so itself; else false. */
  own(entry: PlainEntry, pending: PendingSubjects): boolean {
    const { shape, number, page, part, account } = entry;
    const subject = page.subjectOf(number);
    if (account !== undefined && shape.begins !== undefined) {
      part.add(account.group);
      this.#declare(entry, account, pending);
    } else if (subject === undefined) return false;
    else if (account !== undefined) {
      if (subject.orders.length === 0) return false;
      part.add(account.group);
      part.add(subject.ofOrders);
    } else {
      if (!subject.hasOwner) return false;
      part.add(subject.all);
    }
    part.add(page.resourceOf(number));
    return true;
  }

  /** What an entry is found by before its owner is known: the participant who acted, if it names no account itself. */
  ownByActor({ part, account, context, page, number }: PlainEntry): void {
    part.add(page.resourceOf(number));
    if (account === undefined && context.participant !== undefined)
      part.keys.add(keyOf('participant', context.participant));
  }

  /** The order is the account's, and so is the saga that it began, unless that is known. */
  #declare(entry: PlainEntry, account: NamedAccount, pending: PendingSubjects): void {
    const { number, page, sagaNumber, sagaPage, context } = entry;
    const declare = (of: SubjectPage, its: number, subject: KnownSubject): void => {
      of.declare(its, subject, context.atMicros);
      pending.declaredNumber(of.series.name, its);
    };
    const known = page.subjectOf(number);
    const isKnown = hasOrders(known);
    if (isKnown && (sagaPage === undefined || hasOrders(sagaPage.subjectOf(sagaNumber)))) return;
    const subject = isSame(known, account.name) ? known : subjectOf(entry, account);
    if (!isKnown) declare(page, number, subject);
    if (sagaPage !== undefined && !hasOrders(sagaPage.subjectOf(sagaNumber)))
      declare(sagaPage, sagaNumber, subject);
  }

  #seriesOf(
    { kind, isOfStep }: PlainShape,
    { shardBytes }: SourceNames,
    { payload }: BatchLayout,
    { originStart, originEnd }: PlainReader,
  ): Series | undefined {
    if (isOfStep) return this.#subjects.seriesAt(kind, payload, originStart, originEnd);
    return this.#subjects.seriesAt(kind, shardBytes, 0, shardBytes.length);
  }

  #sagaPage({ shardBytes }: SourceNames, sagaNumber: number): SubjectPage | undefined {
    const series = this.#subjects.seriesAt('saga', shardBytes, 0, shardBytes.length);
    return series && this.#subjects.wantPage(series, sagaNumber);
  }

  #accountOf(payload: Buffer, { accountStart, accountEnd }: PlainReader): NamedAccount {
    const name = payload.toString('latin1', accountStart, accountEnd);
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    if (this.#accounts.size >= ACCOUNTS_MAX) this.#accounts.clear();
    const account = { name, group: new KeyGroup(subjectKeys({ accounts: [name], orders: [] })) };
    this.#accounts.set(name, account);
    return account;
  }
}

function hasOrders(subject: KnownSubject | undefined): boolean {
  return subject !== undefined && subject.orders.length > 0;
}

/** Whether an order that is known already is this one account's. */
function isSame(subject: KnownSubject | undefined, account: string): subject is KnownSubject {
  return subject?.accounts.length === 1 && subject.accounts[0] === account && subject.orders.length === 1;
}

function subjectOf({ shape, number, page }: PlainEntry, { name, group }: NamedAccount): KnownSubject {
  const orders = [`${page.series.name.slice(shape.kind.length + 1)}:${number}`];
  return new KnownSubject({ accounts: [name], orders }, [...group.keys, ...page.resourceOf(number).keys]);
}

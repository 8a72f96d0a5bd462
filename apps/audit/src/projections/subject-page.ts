import { NUMBERS_PER_KEY, resourceKey, subjectKeys } from './entry-keys';
import { KeyGroup } from './key-group';

/** Whose something is: its accounts and orders, at most two of each. A trade has two sides. */
export interface Subject {
  readonly accounts: readonly string[];
  readonly orders: readonly string[];
}

/** A subject with the keys that its entries are found by, so that they are hashed once for all of them. */
export class KnownSubject implements Subject {
  readonly accounts: readonly string[];
  readonly orders: readonly string[];
  /** Accounts, their owners, and orders. */
  readonly all: KeyGroup;
  /** Whether a participant owns one of its accounts. */
  readonly hasOwner: boolean;
  #ofOrders: KeyGroup | undefined;
  #text: string | undefined;

  /** @param keys what `subjectKeys` says of it, where the caller has that already */
  constructor({ accounts, orders }: Subject, keys: readonly number[] = subjectKeys({ accounts, orders })) {
    this.accounts = accounts;
    this.orders = orders;
    this.all = new KeyGroup(keys);
    this.hasOwner = accounts.some((account) => account.includes('.'));
  }

  /** The keys of its orders alone. */
  get ofOrders(): KeyGroup {
    this.#ofOrders ??= new KeyGroup(subjectKeys({ accounts: [], orders: this.orders }));
    return this.#ofOrders;
  }

  /** As its page stores it. JSON escapes what Postgres takes for no text. */
  get text(): string {
    this.#text ??= JSON.stringify([this.accounts, this.orders]);
    return this.#text;
  }
}

/** Numbered things of one kind and shard in one row: they begin one after the other, so few rows change at a time. */
export const SUBJECTS_PER_PAGE = 256;

/** Where subjects stand: `order/trading/0:17` is number 17 of the series `order/trading/0`. */
export class SubjectPage {
  atMicros = 0;
  isChanged = false;
  usedAt = 0;
  readonly #subjects: (KnownSubject | undefined)[] = [];
  /** By number within the page, one for all that share a key. */
  readonly #resources: (KeyGroup | undefined)[] = [];

  constructor(
    readonly series: Series,
    readonly page: number,
  ) {}

  /** Whose a number of this page is; undefined when nothing has said so. */
  subjectOf(number: number): KnownSubject | undefined {
    return this.#subjects[number % SUBJECTS_PER_PAGE];
  }

  /** Notes whose a number of this page is. */
  declare(number: number, subject: KnownSubject, atMicros: number): void {
    this.#subjects[number % SUBJECTS_PER_PAGE] = subject;
    this.atMicros = Math.max(this.atMicros, atMicros);
    this.isChanged = true;
  }

  /** The key of a number's resource, which neighbours share. */
  resourceOf(number: number): KeyGroup {
    const place = Math.floor((number % SUBJECTS_PER_PAGE) / NUMBERS_PER_KEY);
    const known = this.#resources[place] ?? new KeyGroup([resourceKey(`${this.series.name}:${number}`)]);
    this.#resources[place] = known;
    return known;
  }

  /** Takes what the table has. */
  fill(text: string, atMicros: number): void {
    this.atMicros = atMicros;
    const stored = JSON.parse(text) as readonly (readonly [string[], string[]] | 0)[];
    stored.forEach((subject, offset) => {
      if (subject !== 0)
        this.#subjects[offset] = new KnownSubject({ accounts: subject[0], orders: subject[1] });
    });
  }

  /** JSON of [accounts, orders] by number within the page, 0 where nothing is known. */
  text(): string {
    let text = '[';
    for (let offset = 0; offset < this.#subjects.length; offset++)
      text += `${offset === 0 ? '' : ','}${this.#subjects[offset]?.text ?? '0'}`;
    return `${text}]`;
  }
}

/** The numbered things of one kind and shard. */
export class Series {
  readonly pages = new Map<number, SubjectPage>();
  /** The table has no later page; undefined until it was asked. */
  storedPageMax: number | undefined;
  #last: SubjectPage | undefined;

  /** @param name kind and shard: `order/trading/0` */
  constructor(readonly name: string) {}

  /** The page of a number if it is in memory. */
  pageOf(number: number): SubjectPage | undefined {
    const page = Math.floor(number / SUBJECTS_PER_PAGE);
    if (this.#last?.page === page) return this.#last;
    const known = this.pages.get(page);
    if (known !== undefined) this.#last = known;
    return known;
  }

  /** Lets go of a page. */
  forget(page: number): void {
    this.pages.delete(page);
    this.#last = undefined;
  }

  /** Whether it is the one of a kind and of a shard whose name stands in bytes, which are ASCII. */
  isOf(kind: string, bytes: Buffer, start: number, end: number): boolean {
    const { name } = this;
    const shardAt = kind.length + 1;
    if (name.length !== shardAt + end - start || !name.startsWith(kind)) return false;
    for (let i = end - start - 1; i >= 0; i--)
      if (name.charCodeAt(shardAt + i) !== bytes[start + i]) return false;
    return true;
  }
}

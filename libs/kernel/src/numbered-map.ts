import { type CutPage, NumberedMapCut } from './numbered-map-cut';
import { type Plain, PlainList, type WrittenPage } from './plain';

/** Entries of one page: 1,024 numbers in a row. */
const PAGE_BITS = 10;
const PAGE_SIZE = 2 ** PAGE_BITS;

interface Page<T> {
  readonly entries: (T | undefined)[];
  count: number;
  /** Of the last cut; undefined since somebody asked for one of the entries. */
  written: WrittenPage | undefined;
}

type ItemOf<T> = (entry: T, number: number) => Plain;

/**
 * A map for things that are numbered one after the other: orders, sagas, holds. It is a few pages, found by a map that stays
 * in the processor's cache, so that a look-up touches one line of memory where a large Map touches several, and
 * it never stops to rehash. A page goes when its last entry does. Entries come back in the order of their pages' first
 * numbers to be set, which is ascending where numbers are given out ascending. Change an entry only right after `get` gave it: a cut
 * writes it down when it is asked for, and knows of no later change. A page that nobody asked for an entry of since the last cut was
 * written is written as the same bytes.
 */
export class NumberedMap<T extends object> {
  readonly #pages = new Map<number, Page<T>>();
  #size = 0;
  /** The page that was used last: neighbours are often asked for together. */
  #lastIndex = -1;
  #lastPage: Page<T> | undefined;
  /** Whether there are any of the following: asked at each look-up. */
  #isCut = false;
  /** Cuts that were not released. */
  readonly #cuts = new Set<NumberedMapCut<T>>();
  /** What the last cut made its items with: the bytes of another one's pages are others. */
  #itemOf: ItemOf<T> | undefined;

  get size(): number {
    return this.#size;
  }

  get(number: number): T | undefined {
    const page = this.#page(Math.floor(number / PAGE_SIZE));
    const entry = page?.entries[number % PAGE_SIZE];
    if (this.#isCut) this.#keep(number, entry);
    if (page !== undefined) page.written = undefined;
    return entry;
  }

  has(number: number): boolean {
    return this.#entry(number) !== undefined;
  }

  /** Sets a whole number of at least 0. */
  set(number: number, value: T): this {
    const index = Math.floor(number / PAGE_SIZE);
    const page = this.#page(index) ?? this.#open(index);
    const at = number % PAGE_SIZE;
    if (this.#isCut) this.#keep(number, page.entries[at]);
    page.written = undefined;
    if (page.entries[at] === undefined) {
      page.count += 1;
      this.#size += 1;
    }
    page.entries[at] = value;
    return this;
  }

  /** Tells whether there was anything to delete. */
  delete(number: number): boolean {
    const index = Math.floor(number / PAGE_SIZE);
    const page = this.#page(index);
    const at = number % PAGE_SIZE;
    if (page?.entries[at] === undefined) return false;
    if (this.#isCut) this.#keep(number, page.entries[at]);
    page.written = undefined;
    page.entries[at] = undefined;
    page.count -= 1;
    this.#size -= 1;
    if (page.count === 0) this.#close(index);
    return true;
  }

  *keys(): Generator<number, undefined> {
    for (const [number] of this) yield number;
    return undefined;
  }

  *values(): Generator<T, undefined> {
    for (const { entries } of this.#pages.values())
      for (const value of entries) if (value !== undefined) yield value;
    return undefined;
  }

  *[Symbol.iterator](): Generator<[number, T], undefined> {
    for (const [index, { entries }] of this.#pages)
      for (let at = 0; at < entries.length; at++) {
        const value = entries[at];
        if (value !== undefined) yield [index * PAGE_SIZE + at, value];
      }
    return undefined;
  }

  /**
   * The entries of this moment by ascending number, page by page, each made into its item when it is read or, before that, when `get`,
   * `set` or `delete` is called for it. Pages are known again only by the same `itemOf`.
   */
  cut(itemOf: ItemOf<T>): PlainList {
    const pages = [...this.#pages]
      .sort(([a], [b]) => a - b)
      .map(([at, page]) => this.#cutPage(at, page, itemOf));
    this.#itemOf = itemOf;
    const cut = new NumberedMapCut(this.#size, PAGE_SIZE, pages, (number) => this.#entry(number), itemOf);
    this.#cuts.add(cut);
    this.#isCut = true;
    return new PlainList(cut.length, cut.items(), () => {
      this.#cuts.delete(cut);
      this.#isCut = this.#cuts.size > 0;
    });
  }

  #cutPage(index: number, page: Page<T>, itemOf: ItemOf<T>): CutPage {
    const isKnown = this.#itemOf === itemOf && page.written?.bytes !== undefined;
    const written = isKnown && page.written ? page.written : { bytes: undefined };
    page.written = written;
    return {
      firstNumber: index * PAGE_SIZE,
      count: page.count,
      written,
      isTouched: () => page.written !== written,
    };
  }

  #keep(number: number, entry: T | undefined): void {
    for (const cut of this.#cuts) cut.keep(number, entry);
  }

  #entry(number: number): T | undefined {
    return this.#page(Math.floor(number / PAGE_SIZE))?.entries[number % PAGE_SIZE];
  }

  #page(index: number): Page<T> | undefined {
    if (index === this.#lastIndex) return this.#lastPage;
    const page = this.#pages.get(index);
    if (page === undefined) return undefined;
    this.#lastIndex = index;
    this.#lastPage = page;
    return page;
  }

  #open(index: number): Page<T> {
    const entries = Array.from<T | undefined>({ length: PAGE_SIZE });
    const page = { entries, count: 0, written: undefined };
    this.#pages.set(index, page);
    return page;
  }

  #close(index: number): void {
    this.#pages.delete(index);
    this.#lastIndex = -1;
    this.#lastPage = undefined;
  }
}

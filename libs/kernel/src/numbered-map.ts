import { NumberedMapCut } from './numbered-map-cut';
import { type Plain, PlainList } from './plain';

/** Entries of one page: 1,024 numbers in a row. */
const PAGE_BITS = 10;
const PAGE_SIZE = 2 ** PAGE_BITS;

interface Page<T> {
  readonly entries: (T | undefined)[];
  count: number;
}

/**
 * A map for things that are numbered one after the other: orders, sagas, holds. It is a few pages, found by a map that stays
 * in the processor's cache, so that a look-up touches one line of memory where a large Map touches several, and
 * it never stops to rehash. A page goes when its last entry does. Entries come back in the order of their pages' first
 * numbers to be set, which is ascending where numbers are given out ascending. Change an entry only right after `get` gave it: a cut
 * writes it down when it is asked for, and knows of no later change.
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
  readonly #cuts = new Set<NumberedMapCut<T, Plain>>();

  get size(): number {
    return this.#size;
  }

  get(number: number): T | undefined {
    const entry = this.#entry(number);
    if (this.#isCut) this.#keep(number, entry);
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
   * The entries of this moment by ascending number, each made into its item when it is read or, before that, when `get`, `set` or
   * `delete` is called for it.
   */
  cut(itemOf: (entry: T, number: number) => Plain): PlainList {
    const pages = [...this.#pages].sort(([a], [b]) => a - b).map(([index]) => index);
    const cut = new NumberedMapCut(this.#size, numbersOf(pages), (number) => this.#entry(number), itemOf);
    this.#cuts.add(cut);
    this.#isCut = true;
    return new PlainList(cut.length, cut.items(), () => {
      this.#cuts.delete(cut);
      this.#isCut = this.#cuts.size > 0;
    });
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
    const page = { entries: Array.from<T | undefined>({ length: PAGE_SIZE }), count: 0 };
    this.#pages.set(index, page);
    return page;
  }

  #close(index: number): void {
    this.#pages.delete(index);
    this.#lastIndex = -1;
    this.#lastPage = undefined;
  }
}

function* numbersOf(pages: readonly number[]): Generator<number, undefined> {
  for (const index of pages) for (let at = 0; at < PAGE_SIZE; at++) yield index * PAGE_SIZE + at;
  return undefined;
}

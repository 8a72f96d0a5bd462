import { type Plain, PlainPage, type WrittenPage } from './plain';

/** Marks a number that had no entry at the moment of the cut. */
const ABSENT = Symbol('absent');

/** A page of the map as it was at the moment of the cut. */
export interface CutPage {
  readonly firstNumber: number;
  /** How many entries it had. */
  readonly count: number;
  /** Its bytes, if they were known at that moment; else where to note them. */
  readonly written: WrittenPage;
  /** Whether an entry may have changed since. */
  isTouched(): boolean;
}

/**
 * The entries that a NumberedMap had at one moment, made into items one by one while the map goes on: whoever is about to change an
 * entry has it made into its item before. Of a page whose bytes are known nothing needs to be made.
 */
export class NumberedMapCut<T extends object> {
  readonly length: number;
  /** Numbers below have been passed. */
  #passed = 0;
  /** What was made before its turn, by number. */
  readonly #kept = new Map<number, Plain | typeof ABSENT>();
  /** First numbers of the pages whose bytes were known. */
  readonly #known = new Set<number>();

  /**
   * @param size entries in all
   * @param pageSize numbers of a page
   * @param pages by ascending number
   */
  constructor(
    size: number,
    private readonly pageSize: number,
    private readonly pages: readonly CutPage[],
    private readonly entryOf: (number: number) => T | undefined,
    private readonly itemOf: (entry: T, number: number) => Plain,
  ) {
    this.length = size;
    for (const { firstNumber, written } of pages)
      if (written.bytes !== undefined) this.#known.add(firstNumber);
  }

  /** Says that the entry of this number, or its absence, is about to change. */
  keep(number: number, entry: T | undefined): void {
    if (number < this.#passed || this.#kept.has(number)) return;
    if (this.#known.has(number - (number % this.pageSize))) return;
    this.#kept.set(number, entry === undefined ? ABSENT : this.itemOf(entry, number));
  }

  /** The pages by ascending number. */
  *items(): Generator<PlainPage, undefined> {
    for (const page of this.pages) {
      yield new PlainPage(page.count, this.#itemsOf(page), page.written);
      this.#passed = page.firstNumber + this.pageSize;
    }
    return undefined;
  }

  *#itemsOf(page: CutPage): Generator<Plain, undefined> {
    const { firstNumber } = page;
    if (this.#known.has(firstNumber) && page.isTouched())
      throw new Error('of this page only the bytes are known');
    for (let number = firstNumber; number < firstNumber + this.pageSize; number++) {
      const kept = this.#kept.get(number);
      const entry = kept === undefined ? this.entryOf(number) : undefined;
      this.#kept.delete(number);
      this.#passed = number + 1;
      if (kept !== undefined && kept !== ABSENT) yield kept;
      else if (entry !== undefined) yield this.itemOf(entry, number);
    }
    return undefined;
  }
}

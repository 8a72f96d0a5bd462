/** Marks a number that had no entry at the moment of the cut. */
const ABSENT = Symbol('absent');

/**
 * The entries that a NumberedMap had at one moment, made into items one by one while the map goes on: whoever is about to change an
 * entry has it made into its item before.
 */
export class NumberedMapCut<T extends object, Item> {
  readonly length: number;
  /** Numbers below have been passed. */
  #passed = 0;
  /** What was made before its turn, by number. */
  readonly #kept = new Map<number, Item | typeof ABSENT>();

  constructor(
    size: number,
    private readonly numbers: Iterable<number>,
    private readonly entryOf: (number: number) => T | undefined,
    private readonly itemOf: (entry: T, number: number) => Item,
  ) {
    this.length = size;
  }

  /** Says that the entry of this number, or its absence, is about to change. */
  keep(number: number, entry: T | undefined): void {
    if (number < this.#passed || this.#kept.has(number)) return;
    this.#kept.set(number, entry === undefined ? ABSENT : this.itemOf(entry, number));
  }

  /** The items by ascending number. */
  *items(): Generator<Item, undefined> {
    for (const number of this.numbers) {
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

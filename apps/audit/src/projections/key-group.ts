let lastPlace = 0;

/** A set of keys that grows: what a part of a block is found by. */
export class KeySet {
  readonly keys = new Set<number>();
  /** No two have the same. */
  readonly #place = ++lastPlace;

  /** Adds the keys of a group, which are looked at only when it comes here for the first time. */
  add(group: KeyGroup): void {
    if (group.addedTo === this.#place) return;
    group.addedTo = this.#place;
    for (const key of group.keys) this.keys.add(key);
  }
}

/**
 * Keys that come together, hashed once: an actor's, an account's and its owner's. The same ones come many times in a row, so a group
 * remembers where it was added last, which is cheaper to compare than a set is to ask.
 */
export class KeyGroup {
  addedTo = 0;

  constructor(readonly keys: readonly number[]) {}
}

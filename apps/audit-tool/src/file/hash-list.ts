const HASH_BYTES = 32;
const INITIAL_HASHES = 1_024;

/** A growing list of hashes in one piece of memory: a million of them are 32 MB. */
export class HashList {
  #bytes = Buffer.alloc(INITIAL_HASHES * HASH_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(hash: Uint8Array): void {
    if (this.#bytes.length === this.#length * HASH_BYTES) {
      const larger = Buffer.alloc(this.#bytes.length * 2);
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    this.#bytes.set(hash, this.#length++ * HASH_BYTES);
  }

  /** The hash at a place; zeros where there is none, which no leaf ever hashes to. */
  at(index: number): Uint8Array {
    if (index < 0 || index >= this.#length) return NO_HASH;
    return this.#bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }
}

const NO_HASH = new Uint8Array(HASH_BYTES);

import type { NodeSink } from './compact-range';
import { HASH_BYTES } from './merkle-hash';
import type { HashAt } from './merkle-proof';

const INITIAL_HASHES = 1024;

/**
 * Keeps every complete node of a tree in memory, 64 bytes a leaf, and reads them back for proofs. Give `sink` to
 * CompactRange.append and `hashAt` to the proof functions. For a log too large for memory, keep the same pairs in a table.
 */
export class NodeMemory {
  private readonly levels: { hashes: Uint8Array; count: number }[] = [];

  /** Stores the next node of its level. Throws RangeError if it is not the next, for then the tree was fed twice or in part. */
  readonly sink: NodeSink = (level, index, hash) => {
    this.levels[level] ??= { hashes: new Uint8Array(INITIAL_HASHES * HASH_BYTES), count: 0 };
    const row = this.levels[level];
    if (row.count !== index)
      throw new RangeError(`node (${level}, ${index}) follows (${level}, ${row.count - 1})`);
    if (row.hashes.length === row.count * HASH_BYTES) row.hashes = grown(row.hashes);
    row.hashes.set(hash, index * HASH_BYTES);
    row.count += 1;
  };

  /** Reads a complete node. Throws RangeError if it does not exist yet. */
  readonly hashAt: HashAt = (level, index) => {
    const row = this.levels[level];
    if (row === undefined || index >= row.count) throw new RangeError(`no node (${level}, ${index})`);
    return row.hashes.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  };
}

function grown(hashes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(hashes.length * 2);
  larger.set(hashes);
  return larger;
}

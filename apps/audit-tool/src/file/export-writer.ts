import { HASH_BYTES, leafHash, RangeNodes } from '@clearway/domain-audit';
import { type ExportHead, formatExportLine, HASHES_LINE_ENTRIES, toBase64 } from './export-lines';

/** The log's bytes of an entry do not hash to what the log says its leaf is: the log itself was changed. */
export class LeafMismatchError extends Error {
  override readonly name = 'LeafMismatchError';

  constructor(leaf: number) {
    super(
      `leaf ${leaf}: the entry does not hash to the leaf that the log states; nothing after it was exported`,
    );
  }
}

/** Makes the lines of an export out of what the log streams. */
export class ExportWriter {
  readonly #nodes: RangeNodes;
  #nextLeaf: number;
  #written = 0;
  #pending: Uint8Array[] = [];
  #pendingFrom: number;

  constructor(private readonly head: ExportHead) {
    this.#nodes = new RangeNodes(head.fromLeaf);
    this.#nextLeaf = head.fromLeaf;
    this.#pendingFrom = head.fromLeaf;
  }

  /** The first line. */
  begin(): string {
    return formatExportLine(this.head);
  }

  /** One entry, and every so often the hashes so far. Throws LeafMismatchError. */
  entry(bytes: Uint8Array, statedHash: Uint8Array): string {
    const leaf = this.#nextLeaf++;
    if (Buffer.compare(leafHash(bytes), statedHash) !== 0) throw new LeafMismatchError(leaf);
    this.#written += 1;
    for (const { hash } of this.#nodes.append(statedHash.slice())) this.#pending.push(hash);
    const line = formatExportLine({ type: 'entry', leaf, bytes: toBase64(bytes) });
    return this.#nextLeaf - this.#pendingFrom < HASHES_LINE_ENTRIES ? line : line + this.#hashes();
  }

  /** The lines after the last entry: what is pending, the proofs, and the end. */
  end(proofLines: readonly string[]): string {
    const { toLeaf } = this.head;
    if (this.#nextLeaf !== toLeaf)
      throw new Error(`the log ended at leaf ${this.#nextLeaf}, not at ${toLeaf}`);
    const hashes = this.#pending.length > 0 ? this.#hashes() : '';
    return hashes + proofLines.join('') + formatExportLine({ type: 'end', entries: this.#written });
  }

  #hashes(): string {
    const nodes = toBase64(Buffer.concat(this.#pending, this.#pending.length * HASH_BYTES));
    const line = { leaf: this.#pendingFrom, count: this.#nextLeaf - this.#pendingFrom, nodes };
    this.#pending = [];
    this.#pendingFrom = this.#nextLeaf;
    return formatExportLine({ type: 'hashes', ...line });
  }
}

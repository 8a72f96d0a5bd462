import { generateKeyPairSync } from 'node:crypto';
import {
  CompactRange,
  consistencyProof,
  createCheckpoint,
  encodeEntry,
  formatVerifierKey,
  inclusionProof,
  leafHash,
  NodeMemory,
  type NoteSigner,
  noteSigner,
  planRange,
} from '@clearway/domain-audit';
import { type ExportHead, formatExportLine, toBase64 } from '../file/export-lines';
import { ExportWriter } from '../file/export-writer';

const ORIGIN = 'clearway.example/audit/0';

/** A small signed log of two sources in memory, and exports of it. For specs. */
export class SampleLog {
  readonly signer: NoteSigner;
  readonly verifierKey: string;
  readonly entries: Uint8Array[] = [];
  readonly #memory = new NodeMemory();
  readonly #tree = new CompactRange();
  readonly #roots: Uint8Array[] = [this.#tree.root()];

  /** The key pair may be given, to sign another log as the same. */
  constructor(readonly keys = generateKeyPairSync('ed25519')) {
    this.signer = noteSigner(ORIGIN, keys.privateKey);
    this.verifierKey = formatVerifierKey(ORIGIN, keys.publicKey);
  }

  get size(): number {
    return this.entries.length;
  }

  /** Appends an event of a source; its content may be told apart by a text. */
  append(sourceShard: string, eventNumber: number, text = ''): this {
    const bytes = encodeEntry({
      sourceShard,
      eventNumber,
      recordedAtMicros: 1_000_000 + this.size,
      contextBytes: Buffer.from('context'),
      eventType: 'OrderOpened',
      eventBytes: Buffer.from(`${sourceShard}#${eventNumber}${text}`),
    });
    this.entries.push(bytes);
    this.#tree.append(leafHash(bytes), this.#memory.sink);
    this.#roots.push(this.#tree.root());
    return this;
  }

  /** Appends events of two sources in turn, as a log of `count` leaves would have them. */
  fill(count: number, textOf: (leaf: number) => string = () => ''): this {
    for (let i = 0; i < count; i++)
      this.append(
        i % 3 === 2 ? 'risk/0' : 'trading/0',
        i % 3 === 2 ? (i - 2) / 3 : i - Math.floor((i + 1) / 3),
        textOf(i),
      );
    return this;
  }

  checkpoint(size = this.size): string {
    const rootHash = this.#roots[size] ?? new Uint8Array(0);
    return createCheckpoint({ origin: ORIGIN, size, rootHash, extensions: [] }, [this.signer]);
  }

  /** The lines of an export of the leaves [from, to), with proofs of its ends and from the older sizes given. */
  export(from = 0, to = this.size, olderSizes: readonly number[] = []): string[] {
    const size = this.size;
    const { hashAt } = this.#memory;
    const nodes = planRange({ from, to, size }).map(({ level, index }) => ({
      level,
      index,
      hash: toBase64(hashAt(level, index)),
    }));
    const head: ExportHead = {
      type: 'head',
      format: 'clearway-audit-export/1',
      checkpoint: this.checkpoint(),
      verifierKey: this.verifierKey,
      fromLeaf: from,
      toLeaf: to,
      nodes,
    };
    const writer = new ExportWriter(head);
    const text = [writer.begin()];
    for (const [i, bytes] of this.entries.slice(from, to).entries())
      text.push(writer.entry(bytes, hashAt(0, from + i)));
    const ends = from === to ? [] : [...new Set([from, to - 1])];
    const inclusions = ends.map((leaf) =>
      formatExportLine({
        type: 'inclusion',
        leaf,
        hash: toBase64(hashAt(0, leaf)),
        proof: inclusionProof(leaf, size, hashAt).map(toBase64),
      }),
    );
    const consistencies = olderSizes.map((older) =>
      formatExportLine({
        type: 'consistency',
        checkpoint: this.checkpoint(older),
        proof: consistencyProof(older, size, hashAt).map(toBase64),
      }),
    );
    text.push(writer.end([...inclusions, ...consistencies]));
    return text.join('').trimEnd().split('\n');
  }
}

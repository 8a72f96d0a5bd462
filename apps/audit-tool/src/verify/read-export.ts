import { leafHash, type NodePlace, RangeNodes } from '@clearway/domain-audit';
import { type ExportHead, type ExportLine, fromBase64, parseExportLine } from '../file/export-lines';
import { HashList } from '../file/hash-list';
import type { LineSource } from '../file/line-reader';
import type { Finding } from './finding';
import { SourceOrder } from './source-order';

/** A proof line, and where it stands. */
export type ProofLine = Extract<ExportLine, { readonly type: 'inclusion' | 'consistency' }>;

/** What the first pass over a file gathers. */
export interface ReadExport {
  readonly head: ExportHead;
  /** Leaf hashes computed from the bytes, in the order of the file. */
  readonly computed: HashList;
  readonly order: SourceOrder;
  readonly proofs: readonly ProofLine[];
  /** The first entry whose stated leaf index is not its place. */
  readonly mislabelled: Finding | undefined;
  /** The first stated hash that the entries do not give. */
  readonly badHashes: Finding | undefined;
  /** The first line that is not of the format, or that the end is missing. */
  readonly malformed: Finding | undefined;
}

/** Reads a file once: hashes every entry, follows the order of every source, and compares the stated hashes. */
export async function readExport(lines: LineSource): Promise<ReadExport | Finding> {
  const iterator = lines()[Symbol.asyncIterator]();
  const first = await iterator.next();
  const parsed = parseExportLine(first.done === true ? '' : first.value);
  if (parsed.kind === 'malformed') return malformed(1, parsed.problem);
  if (parsed.line.type !== 'head') return malformed(1, 'it is not the head of an export');
  const pass = new FirstPass(parsed.line);
  for (let number = 2; ; number++) {
    const next = await iterator.next();
    if (next.done === true) return pass.result();
    pass.take(number, next.value);
  }
}

class FirstPass {
  readonly #computed = new HashList();
  readonly #order: SourceOrder;
  readonly #nodes: RangeNodes;
  readonly #proofs: ProofLine[] = [];
  #sinceHashes: Buffer[] = [];
  #mislabelled: Finding | undefined;
  #badHashes: Finding | undefined;
  #malformed: Finding | undefined;
  #hasEnded = false;

  constructor(private readonly head: ExportHead) {
    this.#order = new SourceOrder(head.fromLeaf);
    this.#nodes = new RangeNodes(head.fromLeaf);
  }

  take(number: number, text: string): void {
    const parsed = parseExportLine(text);
    if (parsed.kind === 'malformed') this.#malformed ??= malformed(number, parsed.problem);
    else if (this.#hasEnded) this.#malformed ??= malformed(number, 'it stands behind the end');
    else this.#takeLine(number, parsed.line);
  }

  result(): ReadExport {
    const lacksEnd = this.#hasEnded
      ? undefined
      : malformed(undefined, 'the last line is missing: it was cut off');
    return {
      head: this.head,
      computed: this.#computed,
      order: this.#order,
      proofs: this.#proofs,
      mislabelled: this.#mislabelled,
      badHashes: this.#badHashes,
      malformed: this.#malformed ?? lacksEnd,
    };
  }

  #takeLine(number: number, line: ExportLine): void {
    if (line.type === 'entry') this.#entry(number, line.leaf, fromBase64(line.bytes));
    else if (line.type === 'hashes') this.#hashes(number, line.leaf, fromBase64(line.nodes));
    else if (line.type === 'end') this.#end(number, line.entries);
    else if (line.type === 'head') this.#malformed ??= malformed(number, 'a second head');
    else this.#proofs.push(line);
  }

  #entry(number: number, label: number, bytes: Buffer): void {
    const leaf = this.head.fromLeaf + this.#computed.length;
    const hash = leafHash(bytes);
    this.#computed.push(hash);
    for (const node of this.#nodes.append(hash)) this.#sinceHashes.push(Buffer.from(node.hash));
    const event = this.#order.next(leaf, number, bytes);
    if (label === leaf) return;
    const message = `leaf ${leaf} (${event}) is labelled as leaf ${label}`;
    this.#mislabelled ??= { kind: 'REORDERED', leaf, line: number, event, message };
  }

  #hashes(number: number, leaf: number, nodes: Buffer): void {
    const computed = Buffer.concat(this.#sinceHashes);
    this.#sinceHashes = [];
    if (nodes.equals(computed)) return;
    const message = `line ${number}: the stated hashes from leaf ${leaf} on are not those of the entries`;
    this.#badHashes ??= { kind: 'BAD_PROOF', leaf, line: number, message };
  }

  #end(number: number, entries: number): void {
    this.#hasEnded = true;
    if (entries === this.#computed.length) return;
    this.#malformed ??= malformed(number, `it says ${entries} entries, there are ${this.#computed.length}`);
  }
}

/** The nodes of a line of hashes, by place, as the log states them. */
export function nodesOf(
  line: Extract<ExportLine, { readonly type: 'hashes' }>,
  fromLeaf: number,
): (NodePlace & { readonly hash: Uint8Array })[] {
  const bytes = fromBase64(line.nodes);
  const placed: (NodePlace & { readonly hash: Uint8Array })[] = [];
  let at = 0;
  for (let leaf = line.leaf; leaf < line.leaf + line.count; leaf++) {
    let [level, index] = [0, leaf];
    for (;;) {
      placed.push({ level, index, hash: bytes.subarray(at, at + 32) });
      at += 32;
      // A node is completed by its right child, if its left one is whole and inside the file.
      if (index % 2 === 0 || (index - 1) * 2 ** level < fromLeaf) break;
      [level, index] = [level + 1, (index - 1) / 2];
    }
  }
  return at === bytes.length ? placed : [];
}

function malformed(line: number | undefined, problem: string): Finding {
  const where = line === undefined ? 'the file' : `line ${line}`;
  return { kind: 'MALFORMED', ...(line === undefined ? {} : { line }), message: `${where}: ${problem}` };
}

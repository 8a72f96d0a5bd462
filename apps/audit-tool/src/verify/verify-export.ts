import {
  type Checkpoint,
  hashesEqual,
  type LeafRange,
  type NoteVerifier,
  openCheckpoint,
  parseVerifierKey,
  planRange,
  rangeRoot,
  verifyConsistency,
  verifyInclusion,
} from '@clearway/domain-audit';
import { type ExportHead, fromBase64 } from '../file/export-lines';
import type { LineSource } from '../file/line-reader';
import type { Finding, Verification } from './finding';
import { locate } from './locate';
import { checkOlder, type OlderCheckpoint } from './older-checkpoints';
import { type ProofLine, type ReadExport, readExport } from './read-export';

/** What a verification may lean on beside the file. */
export interface VerifyOptions {
  /** The log's key, `name+id+key`. Without it the file's own is used, which proves that nothing was changed since, not by whom. */
  readonly verifierKey?: string;
  /** Checkpoints that were kept elsewhere. */
  readonly older?: readonly OlderCheckpoint[];
}

/**
 * Verifies an export offline: the checkpoint's signature, every leaf hash, the root, the order of each source without a
 * gap, every proof in the file, and that the tree leads to each older checkpoint. The first finding is the first thing wrong.
 */
export async function verifyExport(lines: LineSource, options: VerifyOptions = {}): Promise<Verification> {
  const read = await readExport(lines);
  if (!('head' in read)) return failed([read]);
  const { head } = read;
  const keyText = options.verifierKey ?? head.verifierKey;
  const signed = openHead(head, keyText);
  const facts = { ...factsOf(read), keyFromFile: options.verifierKey === undefined };
  if ('kind' in signed) return { ...failed([signed]), ...facts };
  const { checkpoint, verifier } = signed;
  const range = { from: head.fromLeaf, to: head.toLeaf, size: checkpoint.size };
  const known = { ...facts, origin: checkpoint.origin, treeSize: checkpoint.size };
  const entryFinding = await checkEntries(lines, read, range, checkpoint);
  if (entryFinding !== undefined) return { ...failed([entryFinding]), ...known };
  const findings = [read.malformed, read.mislabelled, read.order.firstBreak, read.badHashes]
    .filter((finding) => finding !== undefined)
    .concat(read.proofs.flatMap((line) => checkProof(line, checkpoint, verifier)));
  const older = checkOlder(options.older ?? [], { read, range, checkpoint, verifier });
  return { ...failed([...findings, ...older.findings]), ...known, olderCheckpoints: older.agreed };
}

function openHead(
  head: ExportHead,
  keyText: string,
): { readonly checkpoint: Checkpoint; readonly verifier: NoteVerifier } | Finding {
  const bad = (message: string): Finding => ({ kind: 'BAD_SIGNATURE', line: 1, message });
  const key = parseVerifierKey(keyText.trim());
  if (key.kind !== 'verifier') return bad(`the verifier key is not one: ${key.reason}`);
  const opened = openCheckpoint(head.checkpoint, key.verifier.name, [key.verifier]);
  if (opened.kind !== 'opened')
    return bad(`the checkpoint was not signed by ${key.verifier.name}+${key.verifier.keyId}: ${opened.kind}`);
  return { checkpoint: opened.checkpoint, verifier: key.verifier };
}

/** Compares entries with the signed root; locates the first that is not the signed one. */
async function checkEntries(
  lines: LineSource,
  read: ReadExport,
  range: LeafRange,
  { rootHash }: Checkpoint,
): Promise<Finding | undefined> {
  const { head, computed, order } = read;
  const outside = outsideOf(head, range);
  if (outside === undefined)
    return { kind: 'MALFORMED', line: 1, message: 'line 1: the nodes do not fit the range' };
  const leafHashAt = (leaf: number): Uint8Array => computed.at(leaf - range.from);
  const isWhole = computed.length === range.to - range.from;
  const hashAt = (level: number, index: number): Uint8Array =>
    outside.get(`${level}/${index}`) ?? new Uint8Array(32);
  if (isWhole && hashesEqual(rangeRoot(range, leafHashAt, hashAt), rootHash)) return undefined;
  return locate({
    lines,
    range,
    rootHash,
    computed,
    outside: (level, index) => outside.get(`${level}/${index}`),
    badHashes: read.badHashes,
    orderBreak: order.firstBreak,
  });
}

/** The nodes outside the range by place; undefined when they are not exactly the ones that it takes. */
export function outsideOf(head: ExportHead, range: LeafRange): ReadonlyMap<string, Uint8Array> | undefined {
  if (range.from > range.to || range.to > range.size) return undefined;
  const stated = new Map(head.nodes.map(({ level, index, hash }) => [`${level}/${index}`, fromBase64(hash)]));
  const wanted = planRange(range);
  const fits = wanted.every(({ level, index }) => stated.get(`${level}/${index}`)?.length === 32);
  return fits && wanted.length === stated.size ? stated : undefined;
}

function checkProof(line: ProofLine, checkpoint: Checkpoint, verifier: NoteVerifier): Finding[] {
  const { size, rootHash, origin } = checkpoint;
  const proof = line.proof.map(fromBase64);
  if (line.type === 'inclusion') {
    const { leaf: index } = line;
    const holds = verifyInclusion({ leafHash: fromBase64(line.hash), index, size, proof, rootHash });
    if (holds) return [];
    return [
      { kind: 'BAD_PROOF', leaf: index, message: `the inclusion proof of leaf ${index} does not hold` },
    ];
  }
  const opened = openCheckpoint(line.checkpoint, origin, [verifier]);
  if (opened.kind !== 'opened')
    return [{ kind: 'BAD_PROOF', message: `a consistency proof's checkpoint does not open: ${opened.kind}` }];
  const { size: firstSize, rootHash: firstRootHash } = opened.checkpoint;
  const claim = { firstSize, firstRootHash, secondSize: size, secondRootHash: rootHash, proof };
  if (verifyConsistency(claim)) return [];
  return [{ kind: 'BAD_PROOF', message: `the consistency proof from ${firstSize} leaves does not hold` }];
}

function factsOf({ head, computed, order, proofs }: ReadExport) {
  return {
    fromLeaf: head.fromLeaf,
    toLeaf: head.toLeaf,
    entries: computed.length,
    sources: order.sources(),
    inclusionProofs: proofs.filter(({ type }) => type === 'inclusion').length,
    consistencyProofs: proofs.filter(({ type }) => type === 'consistency').length,
  };
}

function failed(findings: readonly Finding[]): Verification {
  return {
    findings,
    origin: '',
    treeSize: 0,
    fromLeaf: 0,
    toLeaf: 0,
    entries: 0,
    sources: [],
    inclusionProofs: 0,
    consistencyProofs: 0,
    olderCheckpoints: 0,
    keyFromFile: false,
  };
}

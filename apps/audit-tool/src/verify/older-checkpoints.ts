import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  type Checkpoint,
  hashesEqual,
  type LeafRange,
  type NoteVerifier,
  openCheckpoint,
  parseNote,
  planRange,
  rangeRoot,
  splitCheckpointLog,
  verifyConsistency,
} from '@clearway/domain-audit';
import { fromBase64 } from '../file/export-lines';
import type { Finding } from './finding';
import type { ReadExport } from './read-export';

/** A checkpoint that was kept elsewhere, and where it was found. */
export interface OlderCheckpoint {
  readonly note: string;
  readonly place: string;
}

/** What older checkpoints are compared with: entries that lead to a signed root. */
export interface VerifiedExport {
  readonly read: ReadExport;
  readonly range: LeafRange;
  readonly checkpoint: Checkpoint;
  readonly verifier: NoteVerifier;
}

/**
 * Reads checkpoints from a file with one note, from a log of them, or from a folder of such logs as audit publishes them.
 */
export async function readOlderCheckpoints(path: string): Promise<OlderCheckpoint[]> {
  if ((await stat(path)).isDirectory()) {
    const files = (await readdir(path)).filter((name) => name.endsWith('.checkpoints')).sort();
    return (await Promise.all(files.map(async (name) => readOlderCheckpoints(join(path, name))))).flat();
  }
  const text = await readFile(path, 'utf8');
  const { notes } = splitCheckpointLog(text);
  if (notes.length === 0) return [{ note: text, place: basename(path) }];
  return notes.map((note, i) => ({ note, place: `${basename(path)} note ${i + 1}` }));
}

/** Checks that the tree leads to each of them, the oldest first, so that the first break is as narrow as they allow. */
export function checkOlder(
  older: readonly OlderCheckpoint[],
  verified: VerifiedExport,
): { readonly agreed: number; readonly findings: Finding[] } {
  const { origin } = verified.checkpoint;
  const findings: Finding[] = [];
  const opened: { checkpoint: Checkpoint; older: OlderCheckpoint }[] = [];
  for (const each of older) {
    const result = openCheckpoint(each.note, origin, [verified.verifier]);
    if (result.kind === 'opened') opened.push({ checkpoint: result.checkpoint, older: each });
    else
      findings.push({
        kind: 'BAD_SIGNATURE',
        message: `${each.place} is no checkpoint of this log: ${result.kind}`,
      });
  }
  opened.sort((a, b) => a.checkpoint.size - b.checkpoint.size);
  let agreedSize = 0;
  let agreed = 0;
  for (const { checkpoint, older: each } of opened) {
    const finding = compare(checkpoint, each, agreedSize, verified);
    if (finding !== undefined) findings.push(finding);
    else [agreed, agreedSize] = [agreed + 1, checkpoint.size];
    if (finding?.kind === 'REWRITTEN') break;
  }
  return { agreed, findings };
}

function compare(
  { size, rootHash }: Checkpoint,
  { place, note }: OlderCheckpoint,
  agreedSize: number,
  { read, range, checkpoint }: VerifiedExport,
): Finding | undefined {
  if (size > checkpoint.size)
    return {
      kind: 'CUT',
      leaf: checkpoint.size,
      message: `${place} states ${size} leaves, this tree has ${checkpoint.size}`,
    };
  const leads =
    size >= range.from && size <= range.to
      ? hashesEqual(rootWithin(read, range, size), rootHash)
      : proofLeads(read, note, size, rootHash, checkpoint);
  if (leads === undefined)
    return {
      kind: 'UNPROVEN',
      message: `${place} (${size} leaves) lies outside this file and has no proof in it: export with --checkpoint`,
    };
  if (leads) return undefined;
  return {
    kind: 'REWRITTEN',
    leaf: agreedSize,
    leafEnd: size,
    message: `leaves ${agreedSize} to ${size - 1} are not those of the checkpoint in ${place}: the log was changed and signed anew`,
  };
}

/** The root of an older tree whose last leaf is in the file: the nodes before the file are its own, too. */
function rootWithin({ head, computed }: ReadExport, { from }: LeafRange, size: number): Uint8Array {
  const stated = new Map(head.nodes.map(({ level, index, hash }) => [`${level}/${index}`, fromBase64(hash)]));
  const before = new Set(planRange({ from, to: size, size }).map(({ level, index }) => `${level}/${index}`));
  return rangeRoot(
    { from, to: size, size },
    (leaf) => computed.at(leaf - from),
    (level, index) =>
      (before.has(`${level}/${index}`) ? stated.get(`${level}/${index}`) : undefined) ?? new Uint8Array(32),
  );
}

function proofLeads(
  { proofs }: ReadExport,
  note: string,
  firstSize: number,
  firstRootHash: Uint8Array,
  { size: secondSize, rootHash: secondRootHash }: Checkpoint,
): boolean | undefined {
  const text = textOf(note);
  const line = proofs.find((proof) => proof.type === 'consistency' && textOf(proof.checkpoint) === text);
  if (line === undefined) return undefined;
  const proof = line.proof.map(fromBase64);
  return verifyConsistency({ firstSize, firstRootHash, secondSize, secondRootHash, proof });
}

/** Two notes of one text are one checkpoint, however many have signed it. */
function textOf(note: string): string {
  const parsed = parseNote(note);
  return parsed.kind === 'note' ? parsed.text : note;
}

import { decodeBase64, encodeBase64 } from './base64';
import { type Checkpoint, type OpenedCheckpoint, openCheckpoint } from './checkpoint';
import { HASH_BYTES, leafHash } from './merkle-hash';
import { verifyInclusion } from './merkle-verify';
import type { NoteVerifier } from './note-key';
import { isCount } from './tree-arithmetic';

/**
 * All that it takes to prove offline that an entry was logged (c2sp.org/tlog-proof): the leaf's index, the inclusion proof,
 * and the signed checkpoint it leads to. The extra bytes are free for a hint, such as the entry itself, and are not trusted.
 */
export interface TlogProof {
  readonly index: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpointNote: string;
  readonly extra: Uint8Array | null;
}

/** What reading a proof's text gives; it is taken apart, not verified. */
export type ParsedTlogProof =
  | { readonly kind: 'proof'; readonly proof: TlogProof }
  | { readonly kind: 'malformed' };

/** What verifying a proof gives. Only `included` means anything; every other kind says which link of the chain broke. */
export type VerifiedTlogProof =
  | { readonly kind: 'included'; readonly index: number; readonly checkpoint: Checkpoint }
  | { readonly kind: 'malformedProof' }
  | { readonly kind: 'badCheckpoint'; readonly cause: Exclude<OpenedCheckpoint, { kind: 'opened' }> }
  | { readonly kind: 'notIncluded' };

const HEADER = 'c2sp.org/tlog-proof@v1';
const INDEX_PATTERN = /^index (0|[1-9][0-9]*)$/;
const EXTRA_PREFIX = 'extra ';

/** Writes a proof as the text that `.tlog-proof` files hold. */
export function formatTlogProof({ index, proof, checkpointNote, extra }: TlogProof): string {
  const head = extra === null ? [HEADER] : [HEADER, `${EXTRA_PREFIX}${encodeBase64(extra)}`];
  return [...head, `index ${index}`, ...proof.map(encodeBase64), '', checkpointNote].join('\n');
}

/** Reads the text of a `.tlog-proof` file strictly. The checkpoint in it is handed on verbatim. */
export function parseTlogProof(text: string): ParsedTlogProof {
  const split = text.indexOf('\n\n');
  if (split < 0) return { kind: 'malformed' };
  const [header, ...lines] = text.slice(0, split).split('\n');
  const extraLine = lines[0]?.startsWith(EXTRA_PREFIX) ? lines.shift() : undefined;
  const extra = extraLine === undefined ? null : decodeBase64(extraLine.slice(EXTRA_PREFIX.length));
  const index = Number(INDEX_PATTERN.exec(lines.shift() ?? '')?.[1] ?? Number.NaN);
  const proof = lines.map(decodeBase64).filter((hash) => hash?.length === HASH_BYTES) as Uint8Array[];
  const whole = header === HEADER && isCount(index) && proof.length === lines.length;
  if (!whole || (extraLine !== undefined && extra === null)) return { kind: 'malformed' };
  return { kind: 'proof', proof: { index, proof, checkpointNote: text.slice(split + 2), extra } };
}

/**
 * Verifies the whole chain: the checkpoint is the named log's and signed by a known key, and the leaf stands at the proof's
 * index in the tree that the checkpoint states. A proof is never accepted against a root that was not signed.
 * `leafData` is the entry's canonical bytes (see encodeEntry), not its hash.
 */
export function verifyTlogProof(
  text: string,
  leafData: Uint8Array,
  origin: string,
  verifiers: readonly NoteVerifier[],
): VerifiedTlogProof {
  const parsed = parseTlogProof(text);
  if (parsed.kind === 'malformed') return { kind: 'malformedProof' };
  const { index, proof, checkpointNote } = parsed.proof;
  const opened = openCheckpoint(checkpointNote, origin, verifiers);
  if (opened.kind !== 'opened') return { kind: 'badCheckpoint', cause: opened };
  const { size, rootHash } = opened.checkpoint;
  const included = verifyInclusion({ leafHash: leafHash(leafData), index, size, proof, rootHash });
  return included ? { kind: 'included', index, checkpoint: opened.checkpoint } : { kind: 'notIncluded' };
}

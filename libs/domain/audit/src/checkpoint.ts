import { decodeBase64, encodeBase64 } from './base64';
import { HASH_BYTES } from './merkle-hash';
import type { NoteSigner, NoteVerifier } from './note-key';
import { type NoteDefect, type NoteSignature, openNote, parseNote, signNote } from './signed-note';
import { isCount } from './tree-arithmetic';

/**
 * A tree head as its log states it (c2sp.org/tlog-checkpoint). The origin names the log for ever; the root hash is that of
 * the RFC 6962 tree over the first `size` leaves. Extension lines are allowed but discouraged: no monitor can audit them.
 */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly rootHash: Uint8Array;
  readonly extensions: readonly string[];
}

/** Why a note's text is no checkpoint; the first that applies in this order. */
export type CheckpointDefect = 'TOO_FEW_LINES' | 'EMPTY_LINE' | 'BAD_SIZE' | 'BAD_ROOT_HASH';

/** What reading a checkpoint's text gives. */
export type ParsedCheckpoint =
  | { readonly kind: 'checkpoint'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'malformed'; readonly defect: CheckpointDefect | NoteDefect };

/** What opening a signed checkpoint gives. Only `opened` may be trusted, and it says whose signatures were verified. */
export type OpenedCheckpoint =
  | {
      readonly kind: 'opened';
      readonly checkpoint: Checkpoint;
      readonly verified: readonly NoteSignature[];
      readonly unverified: readonly NoteSignature[];
    }
  | { readonly kind: 'malformed'; readonly defect: CheckpointDefect | NoteDefect }
  | { readonly kind: 'ambiguousKey'; readonly name: string; readonly keyId: string }
  | { readonly kind: 'invalidSignature'; readonly name: string; readonly keyId: string }
  | { readonly kind: 'noKnownSignature' }
  | { readonly kind: 'otherOrigin'; readonly origin: string };

const SIZE_PATTERN = /^(0|[1-9][0-9]*)$/;

/** Writes the text that is signed: origin, size, base64 root, extensions, one a line. Throws RangeError for what no checkpoint may hold. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, rootHash, extensions } = checkpoint;
  const lines = [origin, `${size}`, encodeBase64(rootHash), ...extensions];
  const text = lines.map((line) => `${line}\n`).join('');
  const parsed = parseCheckpoint(text);
  const fits = parsed.kind === 'checkpoint' && lines.length === text.split('\n').length - 1;
  if (!fits) throw new RangeError(`not a checkpoint: ${JSON.stringify(lines)}`);
  return text;
}

/** Reads the text of a checkpoint strictly: no leading zeros, canonical base64 of 32 bytes, no empty line. */
export function parseCheckpoint(text: string): ParsedCheckpoint {
  const [origin, sizeLine, rootLine, ...rest] = text.split('\n');
  if (origin === undefined || sizeLine === undefined || rootLine === undefined || rest.at(-1) !== '') {
    return { kind: 'malformed', defect: 'TOO_FEW_LINES' };
  }
  const extensions = rest.slice(0, -1);
  if ([origin, sizeLine, rootLine, ...extensions].includes(''))
    return { kind: 'malformed', defect: 'EMPTY_LINE' };
  const size = Number(sizeLine);
  if (!SIZE_PATTERN.test(sizeLine) || !isCount(size)) return { kind: 'malformed', defect: 'BAD_SIZE' };
  const rootHash = decodeBase64(rootLine);
  if (rootHash?.length !== HASH_BYTES) return { kind: 'malformed', defect: 'BAD_ROOT_HASH' };
  return { kind: 'checkpoint', checkpoint: { origin, size, rootHash, extensions } };
}

/**
 * Signs a tree head and gives the complete note. The first signer's name should be the origin, as the specification asks.
 * A log must never sign two heads that no consistency proof joins: sign only what the audit machine's state says.
 */
export function createCheckpoint(checkpoint: Checkpoint, signers: readonly NoteSigner[]): string {
  return signNote(formatCheckpoint(checkpoint), signers);
}

/** Reads the checkpoint inside a note without verifying any signature: for a log that looks at its own notes, never for a client. */
export function readCheckpointUnverified(message: Uint8Array | string): ParsedCheckpoint {
  const note = parseNote(message);
  return note.kind === 'malformed' ? note : parseCheckpoint(note.text);
}

/**
 * Opens a signed checkpoint of the log named `origin`: at least one signature by one of the given keys must verify, none may
 * fail, and the origin must be the expected one, so that another log's checkpoint by the same operator does not pass.
 */
export function openCheckpoint(
  message: Uint8Array | string,
  origin: string,
  verifiers: readonly NoteVerifier[],
): OpenedCheckpoint {
  const note = openNote(message, verifiers);
  if (note.kind !== 'opened') return note;
  const parsed = parseCheckpoint(note.text);
  if (parsed.kind === 'malformed') return parsed;
  const { checkpoint } = parsed;
  if (checkpoint.origin !== origin) return { kind: 'otherOrigin', origin: checkpoint.origin };
  return { kind: 'opened', checkpoint, verified: note.verified, unverified: note.unverified };
}

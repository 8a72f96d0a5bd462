import { decodeBase64, encodeBase64 } from './base64';
import { hasControlCharacter, isKeyName, type NoteSigner, type NoteVerifier } from './note-key';

/** The longest note that is read, in bytes. It leaves room for sixteen post-quantum signatures of 5 kB. */
export const NOTE_BYTES_MAX = 262_144;

/** The most signature lines that a note may have; the specification demands that at least sixteen be accepted. */
export const NOTE_SIGNATURES_MAX = 64;

const KEY_ID_BYTES = 4;
const SIGNATURE_PREFIX = '— ';

/** One signature line, verified or not: key name, key id (eight hex digits), and the bytes after the key id. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** Why bytes are no signed note; the first that applies in this order. */
export type NoteDefect =
  | 'TOO_LONG'
  | 'INVALID_UTF8'
  | 'CONTROL_CHARACTER'
  | 'NO_SIGNATURE_BLOCK'
  | 'TOO_MANY_SIGNATURES'
  | 'MALFORMED_SIGNATURE_LINE';

/** A note taken apart without any trust in it. The text includes its final newline. */
export type ParsedNote =
  | { readonly kind: 'note'; readonly text: string; readonly signatures: readonly NoteSignature[] }
  | { readonly kind: 'malformed'; readonly defect: NoteDefect };

/**
 * What opening a note with known keys gives. Only `opened` carries the text, because the text of a note that nobody trusted
 * signed is to be ignored. `unverified` lists the signatures of unknown keys, such as witnesses', which are kept, not judged.
 */
export type OpenedNote =
  | {
      readonly kind: 'opened';
      readonly text: string;
      readonly verified: readonly NoteSignature[];
      readonly unverified: readonly NoteSignature[];
    }
  | { readonly kind: 'malformed'; readonly defect: NoteDefect }
  | { readonly kind: 'ambiguousKey'; readonly name: string; readonly keyId: string }
  | { readonly kind: 'invalidSignature'; readonly name: string; readonly keyId: string }
  | { readonly kind: 'noKnownSignature' };

/**
 * Signs a text (c2sp.org/signed-note): the text, an empty line, and one line a signature. Signatures that the note already
 * has may be passed on and are kept in front, except those that a signer here replaces. Throws RangeError for a text that
 * cannot be a note (empty, no final newline, control characters) and when no signature would stand below it: both are bugs.
 */
export function signNote(
  text: string,
  signers: readonly NoteSigner[],
  existing: readonly NoteSignature[] = [],
): string {
  if (!text.endsWith('\n') || textDefect(text) !== null) throw new RangeError('not the text of a note');
  const bytes = Buffer.from(text, 'utf8');
  const fresh = signers.map(({ name, keyId, sign }) => ({ name, keyId, signature: sign(bytes) }));
  const kept = existing.filter((old) => !fresh.some((signature) => isSameKey(old, signature)));
  const signatures = [...kept, ...fresh];
  if (signatures.length === 0) throw new RangeError('a note needs a signature');
  return `${text}\n${signatures.map(formatSignatureLine).join('')}`;
}

/** Takes a note apart strictly, without verifying anything. The text ends at the last empty line. */
export function parseNote(message: Uint8Array | string): ParsedNote {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : message;
  if (bytes.length > NOTE_BYTES_MAX) return { kind: 'malformed', defect: 'TOO_LONG' };
  const decoded = typeof message === 'string' ? message : decodeUtf8(bytes);
  const defect = decoded === null ? 'INVALID_UTF8' : textDefect(decoded);
  if (decoded === null || defect !== null) return { kind: 'malformed', defect: defect ?? 'INVALID_UTF8' };
  const split = decoded.lastIndexOf('\n\n');
  const block = split <= 0 ? '' : decoded.slice(split + 2);
  if (block === '' || !block.endsWith('\n')) return { kind: 'malformed', defect: 'NO_SIGNATURE_BLOCK' };
  return parseSignatureBlock(decoded.slice(0, split + 1), block.slice(0, -1).split('\n'));
}

/**
 * Opens a note: every signature by a known key must verify, and there must be at least one. Signatures by unknown keys are
 * handed back unverified. A repeated line of the same known key is verified, too, and reported once.
 */
export function openNote(message: Uint8Array | string, verifiers: readonly NoteVerifier[]): OpenedNote {
  const note = parseNote(message);
  if (note.kind === 'malformed') return note;
  const text = Buffer.from(note.text, 'utf8');
  const verified: NoteSignature[] = [];
  const unverified: NoteSignature[] = [];
  for (const line of note.signatures) {
    const { name, keyId } = line;
    const [verifier, ...others] = verifiers.filter((known) => isSameKey(known, line));
    if (others.length > 0) return { kind: 'ambiguousKey', name, keyId };
    if (verifier === undefined) unverified.push(line);
    else if (!verifier.verify(text, line.signature)) return { kind: 'invalidSignature', name, keyId };
    else if (!verified.some((seen) => isSameKey(seen, line))) verified.push(line);
  }
  return verified.length === 0
    ? { kind: 'noKnownSignature' }
    : { kind: 'opened', text: note.text, verified, unverified };
}

function parseSignatureBlock(text: string, lines: readonly string[]): ParsedNote {
  if (lines.length > NOTE_SIGNATURES_MAX) return { kind: 'malformed', defect: 'TOO_MANY_SIGNATURES' };
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === null) return { kind: 'malformed', defect: 'MALFORMED_SIGNATURE_LINE' };
    signatures.push(signature);
  }
  return { kind: 'note', text, signatures };
}

function parseSignatureLine(line: string): NoteSignature | null {
  if (!line.startsWith(SIGNATURE_PREFIX)) return null;
  const [name = '', encoded = '', ...rest] = line.slice(SIGNATURE_PREFIX.length).split(' ');
  const bytes = decodeBase64(encoded);
  if (rest.length > 0 || !isKeyName(name) || bytes === null || bytes.length <= KEY_ID_BYTES) return null;
  const keyId = Buffer.from(bytes.subarray(0, KEY_ID_BYTES)).toString('hex');
  return { name, keyId, signature: bytes.slice(KEY_ID_BYTES) };
}

function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  return `${SIGNATURE_PREFIX}${name} ${encodeBase64(Buffer.concat([Buffer.from(keyId, 'hex'), signature]))}\n`;
}

function textDefect(text: string): NoteDefect | null {
  // Under the u flag only an unpaired surrogate matches: it has no UTF-8 form.
  if (/\p{Surrogate}/u.test(text)) return 'INVALID_UTF8';
  return hasControlCharacter(text) ? 'CONTROL_CHARACTER' : null;
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    // ignoreBOM keeps a byte order mark in the text: what was signed must be what is read.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function isSameKey(a: { name: string; keyId: string }, b: { name: string; keyId: string }): boolean {
  return a.name === b.name && a.keyId === b.keyId;
}

import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { decodeBase64, encodeBase64 } from './base64';
import { sha256 } from './merkle-hash';

// The signature type of plain Ed25519 note signatures (c2sp.org/signed-note, "Signature types").
const ED25519_TYPE = 0x01;
const ED25519_PUBLIC_KEY_BYTES = 32;
const FIRST_PRINTABLE = 0x20;
const NEWLINE = 0x0a;
const KEY_ID_PATTERN = /^[0-9a-f]{8}$/;

/**
 * A public key that checks note signatures. Name and key id together say which key a signature line is from; the id is
 * SHA-256(name || "\n" || type || public key)[0..4] in eight lower-case hex digits, a hint and never a proof.
 */
export interface NoteVerifier {
  readonly name: string;
  readonly keyId: string;
  readonly verify: (text: Uint8Array, signature: Uint8Array) => boolean;
}

/** A private key that signs notes under a name. Held by the app: this package never reads or stores key material. */
export interface NoteSigner {
  readonly name: string;
  readonly keyId: string;
  readonly sign: (text: Uint8Array) => Uint8Array;
}

/** Why a verifier key string was refused; the first that applies in this order. */
export type VerifierKeyRefusal = 'MALFORMED' | 'UNKNOWN_KEY_TYPE' | 'KEY_ID_MISMATCH';

/** What reading a verifier key string gives. */
export type VerifierKeyResult =
  | { readonly kind: 'verifier'; readonly verifier: NoteVerifier }
  | { readonly kind: 'refused'; readonly reason: VerifierKeyRefusal };

/** Tells whether a key may have this name: not empty, no Unicode space, no plus sign, no control character. */
export function isKeyName(name: string): boolean {
  return name !== '' && !/[\s+\u0085\p{Surrogate}]/u.test(name) && !hasControlCharacter(name);
}

/** Tells whether a text holds a character below U+0020 other than the newline: none may stand anywhere in a note. */
export function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < FIRST_PRINTABLE && code !== NEWLINE) return true;
  }
  return false;
}

/** Makes a signer from an Ed25519 private key. Throws TypeError for another kind of key, RangeError for a bad name. */
export function noteSigner(name: string, privateKey: KeyObject): NoteSigner {
  const keyId = keyIdOf(name, rawPublicKey(createPublicKey(privateKey)));
  return { name, keyId, sign: (text) => new Uint8Array(sign(null, text, privateKey)) };
}

/** Makes a verifier from an Ed25519 public key. Throws TypeError for another kind of key, RangeError for a bad name. */
export function noteVerifier(name: string, publicKey: KeyObject): NoteVerifier {
  const keyId = keyIdOf(name, rawPublicKey(publicKey));
  return { name, keyId, verify: (text, signature) => verify(null, text, publicKey, signature) };
}

/**
 * Writes the verifier key string `name+keyid+base64(type || public key)`: the form in which a log's key is published and
 * configured, the same as the Go checksum database and other transparency tools read.
 */
export function formatVerifierKey(name: string, publicKey: KeyObject): string {
  const raw = rawPublicKey(publicKey);
  return `${name}+${keyIdOf(name, raw)}+${encodeBase64(typedKey(raw))}`;
}

/** Reads a verifier key string and checks that its key id fits its name and key. Only Ed25519 is known. */
export function parseVerifierKey(text: string): VerifierKeyResult {
  // Base64 may itself contain a plus sign, so only the first two separate.
  const [name = '', keyId = ''] = text.split('+', 2);
  const key = decodeBase64(text.slice(name.length + keyId.length + 2));
  if (!isKeyName(name) || !KEY_ID_PATTERN.test(keyId) || key === null || key.length === 0)
    return refused('MALFORMED');
  if (key[0] !== ED25519_TYPE) return refused('UNKNOWN_KEY_TYPE');
  if (key.length !== 1 + ED25519_PUBLIC_KEY_BYTES) return refused('MALFORMED');
  const raw = key.subarray(1);
  if (keyIdOf(name, raw) !== keyId) return refused('KEY_ID_MISMATCH');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw).toString('base64url') };
  return { kind: 'verifier', verifier: noteVerifier(name, createPublicKey({ key: jwk, format: 'jwk' })) };
}

function refused(reason: VerifierKeyRefusal): VerifierKeyResult {
  return { kind: 'refused', reason };
}

function keyIdOf(name: string, raw: Uint8Array): string {
  if (!isKeyName(name)) throw new RangeError(`not a note key name: ${JSON.stringify(name)}`);
  const digest = sha256(Buffer.concat([Buffer.from(`${name}\n`, 'utf8'), typedKey(raw)]));
  return Buffer.from(digest.subarray(0, 4)).toString('hex');
}

function typedKey(raw: Uint8Array): Uint8Array {
  return Uint8Array.of(ED25519_TYPE, ...raw);
}

function rawPublicKey(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType !== 'ed25519')
    throw new TypeError(`note keys are Ed25519, not ${key.asymmetricKeyType}`);
  return new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url'));
}

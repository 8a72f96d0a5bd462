import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { formatVerifierKey, isKeyName, noteSigner, noteVerifier, parseVerifierKey } from './note-key';
import { NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX, openNote, parseNote, signNote } from './signed-note';

// The worked example in the documentation of golang.org/x/mod/sumdb/note: another implementation's key, text and signature.
const PETER_SEED = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
const PETER_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const ENOCH_KEY = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const TEXT =
  'If you think cryptography is the answer to your problem,\n' +
  "then you don't know what your problem is.\n";
const PETER_LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const ENOCH_LINE =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';

const PKCS8_ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const peterPrivate = createPrivateKey({
  key: Buffer.concat([PKCS8_ED25519_PREFIX, PETER_SEED]),
  format: 'der',
  type: 'pkcs8',
});

function verifierOf(key: string) {
  const result = parseVerifierKey(key);
  if (result.kind !== 'verifier') throw new Error(result.reason);
  return result.verifier;
}
const peter = verifierOf(PETER_KEY);
const enoch = verifierOf(ENOCH_KEY);

describe('keys', () => {
  it('writes and reads the verifier key of the Go implementation', () => {
    expect(formatVerifierKey('PeterNeumann', createPublicKey(peterPrivate))).toBe(PETER_KEY);
    expect(peter).toMatchObject({ name: 'PeterNeumann', keyId: 'c74f20a3' });
  });

  it('refuses every shortened or changed key', () => {
    for (let end = 0; end < PETER_KEY.length; end++) {
      expect(parseVerifierKey(PETER_KEY.slice(0, end)).kind).toBe('refused');
      const next = String.fromCharCode(PETER_KEY.charCodeAt(end) + 1);
      expect(parseVerifierKey(PETER_KEY.slice(0, end) + next + PETER_KEY.slice(end + 1)).kind).toBe(
        'refused',
      );
    }
  });

  it.each([
    [PETER_KEY.replace('c74f20a3', 'c74f20a4'), 'KEY_ID_MISMATCH'],
    [PETER_KEY.replace('c74f20a3', 'C74F20A3'), 'MALFORMED'],
    ['PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', 'UNKNOWN_KEY_TYPE'],
    ['PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n', 'MALFORMED'],
    ['', 'MALFORMED'],
  ])('refuses %j as %s', (key, reason) => {
    expect(parseVerifierKey(key)).toEqual({ kind: 'refused', reason });
  });

  it.each([
    ['example.com/log', true],
    ['', false],
    ['a b', false],
    ['a+b', false],
    ['a\u00a0b', false],
    ['a\u2028b', false],
    ['a\u0001b', false],
    ['a\ud800', false],
  ])('name %j: %s', (name, isGood) => {
    expect(isKeyName(name)).toBe(isGood);
  });

  it('only takes Ed25519 keys and proper names', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(() => noteSigner('x', privateKey)).toThrow(TypeError);
    expect(() => noteVerifier('x', publicKey)).toThrow(TypeError);
    expect(() => noteSigner('x y', peterPrivate)).toThrow(RangeError);
  });
});

describe('signNote', () => {
  const signer = noteSigner('PeterNeumann', peterPrivate);

  it('gives the bytes of the Go implementation', () => {
    expect(signNote(TEXT, [signer])).toBe(`${TEXT}\n${PETER_LINE}`);
  });

  it('keeps the signatures that were there and replaces its own', () => {
    const note = parseNote(`${TEXT}\n${ENOCH_LINE}${PETER_LINE}`);
    expect(note.kind).toBe('note');
    const existing = note.kind === 'note' ? note.signatures : [];
    expect(signNote(TEXT, [signer], existing)).toBe(`${TEXT}\n${ENOCH_LINE}${PETER_LINE}`);
    expect(signNote(TEXT, [], existing)).toBe(`${TEXT}\n${ENOCH_LINE}${PETER_LINE}`);
  });

  it.each([['no newline'], ['control\u0001\n'], ['\ud800\n'], ['']])('throws for the text %j', (text) => {
    expect(() => signNote(text, [signer])).toThrow(RangeError);
  });

  it('throws when nobody signs', () => {
    expect(() => signNote(TEXT, [])).toThrow(RangeError);
  });
});

describe('openNote', () => {
  const both = `${TEXT}\n${PETER_LINE}${ENOCH_LINE}`;

  it('tells verified from unknown signatures', () => {
    const opened = openNote(Buffer.from(both), [peter]);
    expect(opened).toMatchObject({
      kind: 'opened',
      text: TEXT,
      verified: [{ name: 'PeterNeumann', keyId: 'c74f20a3' }],
      unverified: [{ name: 'EnochRoot', keyId: 'af0cfe78' }],
    });
    expect(openNote(both, [enoch, peter])).toMatchObject({ verified: [{}, {}], unverified: [] });
  });

  it('ignores signatures that share only name or only id with a known key', () => {
    const renamed = `${TEXT}\n${PETER_LINE.replace('PeterNeumann', 'CarmenSandiego')}`;
    const otherId = `${TEXT}\n${PETER_LINE.replace('x08g', 'xxxx')}`;
    expect(openNote(renamed, [peter])).toEqual({ kind: 'noKnownSignature' });
    expect(openNote(otherId, [peter])).toEqual({ kind: 'noKnownSignature' });
  });

  it('reports a repeated signature once', () => {
    expect(openNote(`${TEXT}\n${PETER_LINE}${PETER_LINE}`, [peter])).toMatchObject({ verified: [{}] });
  });

  it('refuses the whole note when a known key fails', () => {
    const failed = { kind: 'invalidSignature', name: 'PeterNeumann', keyId: 'c74f20a3' };
    const changed = both.replace('the answer', 'no answer');
    const longer = both.replace('x08go/ZJ', 'x08go/ZJABCD');
    expect(openNote(changed, [peter])).toEqual(failed);
    expect(openNote(longer, [peter])).toEqual(failed);
  });

  it('refuses a key that is given twice, but only if it is used', () => {
    expect(openNote(`${TEXT}\n${ENOCH_LINE}`, [enoch, enoch])).toMatchObject({ kind: 'ambiguousKey' });
    expect(openNote(`${TEXT}\n${PETER_LINE}`, [peter, enoch, enoch])).toMatchObject({ kind: 'opened' });
  });

  it.each([
    ['NO_SIGNATURE_BLOCK', TEXT],
    ['NO_SIGNATURE_BLOCK', `${TEXT}\n`],
    ['NO_SIGNATURE_BLOCK', `${TEXT}\n${PETER_LINE.slice(0, -1)}`],
    ['NO_SIGNATURE_BLOCK', `\n\n${PETER_LINE}`],
    ['CONTROL_CHARACTER', `\u0001${TEXT}\n${PETER_LINE}`],
    ['CONTROL_CHARACTER', `${TEXT}\n${PETER_LINE.replace('\n', '\r\n')}`],
    ['INVALID_UTF8', `\ud800${TEXT}\n${PETER_LINE}`],
    ['INVALID_UTF8', Buffer.concat([Buffer.of(0xff), Buffer.from(`${TEXT}\n${PETER_LINE}`)])],
    ['MALFORMED_SIGNATURE_LINE', `${TEXT}\n${PETER_LINE.replace('PeterNeumann', 'Bad Name')}`],
    ['MALFORMED_SIGNATURE_LINE', `${TEXT}\n${PETER_LINE}Unexpected line.\n`],
    ['MALFORMED_SIGNATURE_LINE', `${TEXT}\n${PETER_LINE.replace('—', '-')}`],
    ['MALFORMED_SIGNATURE_LINE', `${TEXT}\n${PETER_LINE.replace('=', '')}`],
    ['MALFORMED_SIGNATURE_LINE', `${TEXT}\n— short x08gow==\n`],
    ['TOO_MANY_SIGNATURES', `${TEXT}\n${PETER_LINE.repeat(NOTE_SIGNATURES_MAX + 1)}`],
    ['TOO_LONG', `${'x'.repeat(NOTE_BYTES_MAX)}\n\n${PETER_LINE}`],
  ])('%s', (defect, message) => {
    expect(openNote(message, [peter])).toEqual({ kind: 'malformed', defect });
  });

  it('splits at the last empty line and keeps a byte order mark', () => {
    const text = '\ufefffirst\n\nsecond\n';
    const signed = signNote(text, [noteSigner('PeterNeumann', peterPrivate)]);
    expect(openNote(Buffer.from(signed), [peter])).toMatchObject({ kind: 'opened', text });
  });
});

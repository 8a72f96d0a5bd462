import { generateKeyPairSync } from 'node:crypto';
import { encodeEntry } from './audit-entry';
import { createCheckpoint } from './checkpoint';
import { CompactRange } from './compact-range';
import { leafHash } from './merkle-hash';
import { inclusionProof } from './merkle-proof';
import { NodeMemory } from './node-memory';
import { noteSigner, noteVerifier } from './note-key';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from './tlog-proof';

const ORIGIN = 'clearway.example/audit/0';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const keys = [noteVerifier(ORIGIN, publicKey)];

function entryData(eventNumber: number): Uint8Array {
  const bytes = new Uint8Array(0);
  const eventType = 'OrderAccepted';
  return encodeEntry({
    sourceShard: 'trading/0',
    eventNumber,
    recordedAtMicros: 1,
    contextBytes: bytes,
    eventType,
    eventBytes: bytes,
  });
}

const memory = new NodeMemory();
const range = new CompactRange();
for (let i = 1; i <= 11; i++) range.append(leafHash(entryData(i)), memory.sink);
const head = { origin: ORIGIN, size: 11, rootHash: range.root(), extensions: [] };
const checkpointNote = createCheckpoint(head, [noteSigner(ORIGIN, privateKey)]);

function proofOf(index: number, extra: Uint8Array | null = null): string {
  return formatTlogProof({ index, proof: inclusionProof(index, 11, memory.hashAt), checkpointNote, extra });
}

it('proves each entry, and no other, offline', () => {
  for (let index = 0; index < 11; index++) {
    const text = proofOf(index);
    expect(verifyTlogProof(text, entryData(index + 1), ORIGIN, keys)).toEqual({
      kind: 'included',
      index,
      checkpoint: head,
    });
    expect(verifyTlogProof(text, entryData(index + 2), ORIGIN, keys)).toEqual({ kind: 'notIncluded' });
  }
});

it('round-trips, extra bytes included', () => {
  const extra = entryData(3);
  expect(parseTlogProof(proofOf(2, extra))).toEqual({
    kind: 'proof',
    proof: { index: 2, proof: inclusionProof(2, 11, memory.hashAt), checkpointNote, extra },
  });
  expect(proofOf(2, Uint8Array.of(255))).toMatch(/^c2sp\.org\/tlog-proof@v1\nextra \/w==\nindex 2\n/);
});

it('accepts no root that the log did not sign', () => {
  const forged = createCheckpoint(head, [noteSigner(ORIGIN, generateKeyPairSync('ed25519').privateKey)]);
  const text = proofOf(0).replace(checkpointNote, forged);
  expect(verifyTlogProof(text, entryData(1), ORIGIN, keys)).toEqual({
    kind: 'badCheckpoint',
    cause: { kind: 'noKnownSignature' },
  });
  const verified = verifyTlogProof(proofOf(0), entryData(1), 'other.example', keys);
  expect(verified).toEqual({ kind: 'badCheckpoint', cause: { kind: 'otherOrigin', origin: ORIGIN } });
});

it.each([
  ['', ''],
  ['@v1', '@v2'],
  ['index 0', 'index 00'],
  ['index 0', 'index -1'],
  ['index 0', 'indx 0'],
  ['index 0', 'extra !\nindex 0'],
  ['index 0', 'index 0\nAAAA'],
])('malformed: %j → %j', (from, to) => {
  const text = from === '' ? '' : proofOf(0).replace(from, to);
  expect(verifyTlogProof(text, entryData(1), ORIGIN, keys)).toEqual({ kind: 'malformedProof' });
});

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type AuditEntry, decodeEntry, encodeEntry, entryLeafHash, entryLeafHashes } from './audit-entry';

const entry: AuditEntry = {
  sourceShard: 'trading/0',
  eventNumber: 258,
  recordedAtMicros: 1_700_000_000_000_000,
  contextBytes: Uint8Array.of(0xc0, 0xc1),
  eventType: 'OrderAccepted',
  eventBytes: Uint8Array.of(1, 2, 3),
};

const ENTRY_HEX = [
  '01',
  '0009',
  Buffer.from('trading/0').toString('hex'),
  '0000000000000102',
  '00060a24181e4000',
  '000d',
  Buffer.from('OrderAccepted').toString('hex'),
  '00000002',
  'c0c1',
  '00000003',
  '010203',
].join('');

it('has the documented layout, byte for byte', () => {
  expect(Buffer.from(encodeEntry(entry)).toString('hex')).toBe(ENTRY_HEX);
});

it('hashes to SHA-256(0x00 || bytes)', () => {
  const digest = createHash('sha256')
    .update(Buffer.from(`00${ENTRY_HEX}`, 'hex'))
    .digest();
  expect(Buffer.from(entryLeafHash(entry))).toEqual(digest);
  const two = entryLeafHashes([entry, { ...entry, eventNumber: 259 }]);
  expect(two).toHaveLength(64);
  expect(Buffer.from(two.subarray(0, 32))).toEqual(digest);
  expect(Buffer.from(two.subarray(32))).not.toEqual(digest);
});

const entries = fc.record<AuditEntry>({
  sourceShard: fc
    .tuple(fc.constantFrom('trading', 'risk', 'clearing-eu', 'a1'), fc.nat())
    .map((p) => p.join('/')),
  eventNumber: fc.maxSafeNat(),
  recordedAtMicros: fc.maxSafeNat(),
  contextBytes: fc.uint8Array({ maxLength: 20 }),
  eventType: fc.stringMatching(/^[!-~]{1,30}$/),
  eventBytes: fc.uint8Array({ maxLength: 20 }),
});

it('decodes what it encodes', () => {
  fc.assert(
    fc.property(entries, (one) => {
      expect(decodeEntry(encodeEntry(one))).toEqual({ kind: 'entry', entry: one });
    }),
  );
});

it('accepts no bytes but those that it writes', () => {
  fc.assert(
    fc.property(entries, fc.nat(), fc.integer({ min: 1, max: 255 }), (one, spot, change) => {
      const bytes = encodeEntry(one);
      const at = spot % bytes.length;
      bytes[at] = (bytes.at(at) ?? 0) ^ change;
      const decoded = decodeEntry(bytes);
      if (decoded.kind === 'entry') expect(encodeEntry(decoded.entry)).toEqual(bytes);
    }),
  );
});

it('refuses every shortened entry, and one with bytes after its end', () => {
  const bytes = encodeEntry(entry);
  for (let end = 0; end < bytes.length; end++) {
    expect(decodeEntry(bytes.slice(0, end))).toEqual({ kind: 'malformed', defect: 'TRUNCATED' });
  }
  expect(decodeEntry(Uint8Array.of(...bytes, 0))).toEqual({ kind: 'malformed', defect: 'TRAILING_BYTES' });
});

it.each([
  ['UNKNOWN_VERSION', ENTRY_HEX.replace(/^01/, '02')],
  ['BAD_SOURCE_SHARD', ENTRY_HEX.replace('7472', '5472')],
  ['BAD_NUMBER', ENTRY_HEX.replace('0000000000000102', '0020000000000000')],
  ['BAD_NUMBER', ENTRY_HEX.replace('00060a24181e4000', 'ffffffffffffffff')],
  [
    'BAD_EVENT_TYPE',
    ENTRY_HEX.replace(Buffer.from('OrderA').toString('hex'), Buffer.from('Order ').toString('hex')),
  ],
])('%s', (defect, hex) => {
  expect(decodeEntry(new Uint8Array(Buffer.from(hex, 'hex')))).toEqual({ kind: 'malformed', defect });
});

it.each([
  [{ sourceShard: 'Trading/0' }],
  [{ sourceShard: 'trading' }],
  [{ sourceShard: 'trading/01' }],
  [{ sourceShard: `${'a'.repeat(254)}/0` }],
  [{ eventNumber: -1 }],
  [{ eventNumber: 2 ** 53 }],
  [{ recordedAtMicros: 0.5 }],
  [{ eventType: '' }],
  [{ eventType: 'ä' }],
  [{ eventType: 'x'.repeat(256) }],
])('encoding %j is a bug', (change) => {
  expect(() => encodeEntry({ ...entry, ...change })).toThrow(RangeError);
});

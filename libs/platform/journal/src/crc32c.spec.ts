import fc from 'fast-check';
import { crc32c } from './crc32c';

/** One bit at a time, straight from the definition. */
function crc32cNaive(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe('crc32c', () => {
  it.each([
    ['', 0x00000000],
    ['123456789', 0xe3069283],
    ['The quick brown fox jumps over the lazy dog', 0x22620404],
  ])('sums %j as the published vectors do', (text, expected) => {
    expect(crc32c(Buffer.from(text))).toBe(expected);
  });

  it('sums 32 zero bytes and 32 ones as RFC 3720 does', () => {
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
    expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
  });

  it('agrees with the definition for every length and alignment', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => crc32c(bytes) === crc32cNaive(bytes)));
  });
});

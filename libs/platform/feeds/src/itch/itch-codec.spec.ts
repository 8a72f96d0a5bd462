import { decodeItch, encodeItch, type ItchFields } from './itch-codec';
import { ITCH_LAYOUTS, itchLengthOf } from './itch-layouts';

/** The lengths that the specification states for each type. */
const LENGTHS: Record<string, number> = {
  S: 12,
  R: 39,
  H: 25,
  Y: 20,
  L: 26,
  V: 35,
  W: 12,
  K: 28,
  J: 35,
  h: 21,
  A: 36,
  F: 40,
  E: 31,
  C: 36,
  X: 23,
  D: 19,
  U: 35,
  P: 44,
  Q: 40,
  B: 19,
  I: 50,
  N: 20,
  O: 48,
};

/** A message of the type with another value in every field. */
function sample(type: string): ItchFields {
  const fields: Record<string, string | bigint> = {
    messageType: type,
    stockLocate: 8_236n,
    trackingNumber: 2n,
    timestamp: 34_200_000_000_123n,
  };
  ITCH_LAYOUTS[type]!.fields.forEach(([name, kind, bytes], i) => {
    fields[name] =
      kind === 'text'
        ? 'ABCDEFGH'.slice(i % 3, (i % 3) + Math.min(bytes, 5))
        : 2n ** BigInt(bytes * 8) - 1n - BigInt(i);
  });
  return fields;
}

describe('ITCH 5.0 messages', () => {
  it('are all known', () => {
    expect(Object.keys(ITCH_LAYOUTS).sort()).toEqual(Object.keys(LENGTHS).sort());
  });

  it.each(Object.entries(LENGTHS))('%s has %i bytes and is read as it was written', (type, length) => {
    const bytes = encodeItch(type, sample(type));
    expect([bytes.length, itchLengthOf(type.charCodeAt(0))]).toEqual([length, length]);
    expect(decodeItch(bytes)).toEqual(sample(type));
  });

  it('stand at the offsets of the specification: an order of 100 AAPL to buy at 150.25', () => {
    const hex = '41 2012 0002 1f1a1fbd7c7b 0000000000000539 42 00000064 4141504c20202020 0016ed24'.replaceAll(
      ' ',
      '',
    );
    expect(decodeItch(Buffer.from(hex, 'hex'))).toEqual({
      messageType: 'A',
      stockLocate: 0x2012n,
      trackingNumber: 2n,
      timestamp: 0x1f1a1fbd7c7bn,
      orderReferenceNumber: 1337n,
      buySellIndicator: 'B',
      shares: 100n,
      stock: 'AAPL',
      price: 1_502_500n,
    });
  });

  it('are refused when they are too short, of no type, or hold what does not fit', () => {
    expect(() => decodeItch(encodeItch('A', {}).subarray(0, 20))).toThrow('ends within shares');
    expect(() => decodeItch(Buffer.from('z'))).toThrow('no message type');
    expect(() => encodeItch('D', { stockLocate: 65_536n })).toThrow('does not fit 2 bytes');
    expect(itchLengthOf(0x7a)).toBe(0);
  });
});

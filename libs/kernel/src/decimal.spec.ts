import fc from 'fast-check';
import { AMOUNT_MINOR_MAX, formatDecimal, parseDecimal } from './decimal';

const FORMATTED: [minor: bigint, decimals: number, text: string][] = [
  [0n, 0, '0'],
  [0n, 2, '0.00'],
  [5n, 2, '0.05'],
  [1_250n, 2, '12.50'],
  [-1_250n, 2, '-12.50'],
  [-5n, 3, '-0.005'],
  [9_007_199_254_740_993n, 2, '90071992547409.93'],
  [-9_007_199_254_740_993n, 0, '-9007199254740993'],
];

const REFUSED: [text: string, decimals: number, failure: string][] = [
  ['', 2, 'not-a-decimal'],
  ['+1', 2, 'not-a-decimal'],
  ['01', 2, 'not-a-decimal'],
  ['1.', 2, 'not-a-decimal'],
  ['.5', 2, 'not-a-decimal'],
  ['1e3', 2, 'not-a-decimal'],
  ['NaN', 2, 'not-a-decimal'],
  ['１', 2, 'not-a-decimal'],
  ['1.005', 2, 'too-many-decimals'],
  ['9999999999999999999', 2, 'too-large'],
];

describe('decimals', () => {
  it.each(FORMATTED)('%s with %d places is %s', (minor, decimals, text) => {
    expect(formatDecimal(minor, decimals)).toBe(text);
    expect(parseDecimal(text, decimals)).toEqual({ ok: true, minor });
  });

  it.each(REFUSED)('%j with %d places is %s', (text, decimals, failure) => {
    expect(parseDecimal(text, decimals)).toEqual({ ok: false, failure });
  });

  it('accepts zeros past the places, because they change nothing', () => {
    expect(parseDecimal('1.500', 1)).toEqual({ ok: true, minor: 15n });
  });

  it('come back as they were written, whatever their size', () => {
    const amount = fc.bigInt({ min: -AMOUNT_MINOR_MAX, max: AMOUNT_MINOR_MAX });
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 18 }), (minor, decimals) => {
        expect(parseDecimal(formatDecimal(minor, decimals), decimals)).toEqual({ ok: true, minor });
      }),
    );
  });
});

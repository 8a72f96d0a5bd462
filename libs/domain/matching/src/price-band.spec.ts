import { PRICE_TICKS_MAX } from './limits';
import {
  intersectBands,
  isBandBps,
  isWithinBand,
  priceBandAround,
  UNBOUNDED,
  worstPriceWithin,
} from './price-band';

describe('a price band', () => {
  it.each([
    [10_000, 500, 9_500, 10_500],
    [999, 500, 950, 1_048],
    [3, 500, 3, 3],
    [100, 20_000, 1, 300],
    [PRICE_TICKS_MAX, 10_000, 1, PRICE_TICKS_MAX],
    [PRICE_TICKS_MAX, 1, 4_503_149_267_407_758, PRICE_TICKS_MAX],
    [0, 500, 1, PRICE_TICKS_MAX],
    [100, 0, 1, PRICE_TICKS_MAX],
  ])('around %d of %d bps is from %d to %d', (reference, bps, lowestTicks, highestTicks) => {
    expect(priceBandAround(reference, bps)).toEqual({ lowestTicks, highestTicks });
  });

  it('has both of its edges', () => {
    const band = priceBandAround(1_000, 100);
    expect([989, 990, 1_010, 1_011].map((price) => isWithinBand(band, price))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect([0, 1, 1.5, PRICE_TICKS_MAX].map((price) => isWithinBand(UNBOUNDED, price))).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect([worstPriceWithin(band, 'BUY'), worstPriceWithin(band, 'SELL')]).toEqual([1_010, 990]);
  });

  it('shares prices with another, or none', () => {
    const shared = intersectBands(priceBandAround(1_000, 500), priceBandAround(1_040, 100));
    expect(shared).toEqual({ lowestTicks: 1_030, highestTicks: 1_050 });
    const none = intersectBands(priceBandAround(1_000, 100), priceBandAround(2_000, 100));
    expect(isWithinBand(none, 1_500)).toBe(false);
  });

  it('has a width within reason', () => {
    expect([0, 1, 10_000_000, 10_000_001, -1, 1.5].map(isBandBps)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

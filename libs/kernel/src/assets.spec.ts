import { parseAssetCatalogue } from './assets';

describe('the asset catalogue', () => {
  it('gives each asset its decimals', () => {
    expect([...parseAssetCatalogue('USD:2, AMZN:0,BTC:8')]).toEqual([
      ['USD', 2],
      ['AMZN', 0],
      ['BTC', 8],
    ]);
  });

  it.each(['', 'USD', 'USD:', 'USD:19', 'usd:2', 'USD:2,,BTC:8', 'USD:2,USD:2'])(
    'refuses %j whole',
    (text) => {
      expect(() => parseAssetCatalogue(text)).toThrow();
    },
  );
});

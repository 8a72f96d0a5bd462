import type { Reserve } from './actions';
import { protectionPriceTicks } from './protection-price';
import { orderOf, rowsOf } from './testing/risk-run';

const COLLARS = `
  side | price | market | bps   | protection
  -----|-------|--------|-------|-----------
  buy  |   100 |     90 |   500 |        100
  sell |    80 |     90 |   500 |         80
  buy  |     0 |    100 |   500 |        105
  sell |     0 |    100 |   500 |         95
  buy  |     0 |     99 |   500 |        103
  sell |     0 |     99 |   500 |         95
  buy  |     0 |      1 |   500 |          1
  sell |     0 |      1 | 10000 |          1
  sell |     0 |    100 | 10000 |          1
`;

describe('protectionPriceTicks', () => {
  it.each(rowsOf(COLLARS))('%s at %s, market %s, %s bps: %s', (side, price, market, bps, protection) => {
    const order = orderOf({
      side: side as Reserve['side'],
      priceTicks: Number(price),
      marketPriceTicks: Number(market),
    });
    expect(protectionPriceTicks(order as unknown as Reserve, Number(bps))).toBe(Number(protection));
  });
});

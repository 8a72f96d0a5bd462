import { candlesOf } from './candle-sums';
import type { ExecutionRow } from './execution-rows';

function trade(
  tradeNumber: number,
  atSeconds: number,
  priceTicks: number,
  quantityLots: number,
  symbol = 'AMZN',
): ExecutionRow {
  const orders = {
    sagaNumber: 1,
    makerOrderNumber: 1,
    takerOrderNumber: 2,
    makerFeeMinor: 0n,
    takerFeeMinor: 0n,
  };
  const event = { kind: 'TradeExecuted' as const, tradeNumber, priceTicks, quantityLots, ...orders };
  const tickLots = BigInt(priceTicks) * BigInt(quantityLots);
  return { event, symbol, tickLots, atMicros: atSeconds * 1_000_000 };
}

function shown(trades: readonly ExecutionRow[]): string[] {
  return candlesOf(trades, [1, 60]).map((c) =>
    [c.symbol, c.seconds, c.openAtMicros / 1_000_000, c.openTicks, c.highTicks, c.lowTicks, c.closeTicks]
      .concat([String(c.volumeLots), String(c.turnoverTickLots), c.trades])
      .join(' '),
  );
}

it('sums trades up to seconds, and those to minutes', () => {
  const trades = [
    trade(1, 59.1, 10, 1),
    trade(2, 59.9, 12, 2),
    trade(3, 60, 7, 3),
    trade(4, 61.5, 9, 4),
    trade(5, 61.6, 100, 1, 'AAPL'),
  ];
  expect(shown(trades)).toEqual([
    'AMZN 1 59 10 12 10 12 3 34 2',
    'AMZN 1 60 7 7 7 7 3 21 1',
    'AMZN 1 61 9 9 9 9 4 36 1',
    'AAPL 1 61 100 100 100 100 1 100 1',
    'AMZN 60 0 10 12 10 12 3 34 2',
    'AMZN 60 60 7 9 7 9 7 57 2',
    'AAPL 60 60 100 100 100 100 1 100 1',
  ]);
});

it('stays exact where a number would not', () => {
  const largest = Number.MAX_SAFE_INTEGER;
  const [second] = candlesOf([trade(1, 1, largest, largest), trade(2, 1, largest, largest)], [1]);
  expect(second?.volumeLots).toBe(2n * BigInt(largest));
  expect(second?.turnoverTickLots).toBe(2n * BigInt(largest) ** 2n);
});

it('makes none of no trades', () => {
  expect(candlesOf([], [1, 60])).toEqual([]);
});

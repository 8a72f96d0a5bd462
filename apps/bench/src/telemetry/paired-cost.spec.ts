import { pairedCost } from './paired-cost';

const slice = (orders: number, trading: number, risk: number) => ({
  orders,
  cpuMicros: new Map([
    ['trading', trading],
    ['risk', risk],
  ]),
});

it('weighs slices by their orders, and takes the median of the pairs', () => {
  const off = [slice(100, 1_000, 1_000), slice(300, 3_000, 3_000), slice(100, 1_000, 1_000)];
  const on = [slice(100, 1_100, 1_000), slice(100, 1_000, 1_000), slice(200, 4_000, 2_000)];
  expect(pairedCost(off, on)).toEqual({
    lines: [
      { name: 'risk', offMicros: 10, onMicros: 10 },
      { name: 'trading', offMicros: 10, onMicros: 15.25 },
    ],
    total: { name: 'total', offMicros: 20, onMicros: 25.25 },
    ratios: [1, 1.05, 1.5],
    medianRatio: 1.05,
  });
});

it('takes the middle of an even number of pairs', () => {
  const on = [slice(1, 2, 0), slice(1, 4, 0)];
  expect(pairedCost([slice(1, 1, 0), slice(1, 1, 0)], on).medianRatio).toBe(3);
});

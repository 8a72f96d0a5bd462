import { OrderBook } from './book';
import { FillBuffer } from './fill-buffer';
import { isPriceTicks, isQuantityLots, OPEN_ORDERS_MAX, PRICE_TICKS_MAX, QUANTITY_LOTS_MAX } from './limits';

describe('limits', () => {
  it('keep the sum of a full side of the largest orders, and of two prices, within the safe integers', () => {
    expect(Number.isSafeInteger(QUANTITY_LOTS_MAX * OPEN_ORDERS_MAX)).toBe(true);
    expect(Number.isSafeInteger(PRICE_TICKS_MAX + PRICE_TICKS_MAX)).toBe(true);
  });

  it.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuse %s at the door', (value) => {
    expect([isPriceTicks(value), isQuantityLots(value)]).toEqual([false, false]);
  });

  it('include their ends', () => {
    expect([isPriceTicks(1), isPriceTicks(PRICE_TICKS_MAX)]).toEqual([true, true]);
    expect([isQuantityLots(1), isQuantityLots(QUANTITY_LOTS_MAX)]).toEqual([true, true]);
  });
});

describe('a book of many levels', () => {
  const LEVELS = 5_000;

  function deepBook(): OrderBook {
    const book = new OrderBook();
    for (let i = 0; i < LEVELS; i++) {
      const at = (i * 7_919) % LEVELS;
      book.rest(2 * i + 1, 'BUY', 10_000 - at, 2, 1);
      book.rest(2 * i + 2, 'SELL', 10_001 + at, 3, 2);
    }
    return book;
  }

  it('keeps its best prices as levels empty from the best on', () => {
    const book = deepBook();
    for (let i = 0; i < LEVELS; i++) {
      expect([book.bestPriceTicks('BUY'), book.bestPriceTicks('SELL')]).toEqual([10_000 - i, 10_001 + i]);
      book.submit(100_000 + 2 * i, 'SELL', 10_000 - i, 2, 0, 'IOC');
      book.submit(100_001 + 2 * i, 'BUY', 10_001 + i, 3, 0, 'IOC');
    }
    expect(book.orderCount).toBe(0);
  });

  it('is swept by one order, whose fills outgrow the buffer', () => {
    const book = deepBook();
    const fills = new FillBuffer();
    expect(book.plan('BUY', 10_001 + LEVELS - 1, 3 * LEVELS + 1, 0, fills)).toBe(LEVELS);
    expect([fills.filledLots, fills.leavesLots, book.fills.count]).toEqual([3 * LEVELS, 1, 0]);
    expect(fills.pricesTicks.slice(0, LEVELS)).toEqual(
      Float64Array.from({ length: LEVELS }, (_, i) => 10_001 + i),
    );
    expect(book.levelCountOf('SELL')).toBe(LEVELS);
  });

  it('answers depth, levels and totals that agree with its orders', () => {
    const book = deepBook();
    book.rest(900_000, 'BUY', 10_000, 7);
    expect(book.depth('BUY', 2)).toEqual([
      { priceTicks: 10_000, quantityLots: 9, orderCount: 2 },
      { priceTicks: 9_999, quantityLots: 2, orderCount: 1 },
    ]);
    expect(book.best('BUY')).toEqual(book.level('BUY', 10_000));
    expect([book.level('BUY', 1), book.levelLots('SELL', 1)]).toEqual([undefined, 0]);
    const depthLots = book.depth('BUY', LEVELS).reduce((sum, level) => sum + level.quantityLots, 0);
    expect(book.totalLotsOf('BUY')).toBe(depthLots);
    expect(book.isFull).toBe(false);
  });
});

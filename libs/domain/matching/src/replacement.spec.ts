import { OrderBook } from './book';
import { keepsPlace } from './replacement';

describe('a replaced order', () => {
  const current = { priceTicks: 100, openLots: 10, displayLots: 4 };

  it.each([
    ['with fewer lots', { openLots: 9 }, true],
    ['as it was', {}, true],
    ['with more lots', { openLots: 11 }, false],
    ['at another price', { priceTicks: 99 }, false],
    ['at another price with fewer lots', { priceTicks: 101, openLots: 5 }, false],
    ['that shows more', { displayLots: 5 }, false],
    ['that shows all', { displayLots: 0 }, false],
  ])('%s: keeps its place %s', (_, change, expected) => {
    expect(keepsPlace(current, { ...current, ...change })).toBe(expected);
  });

  it('that is reduced stays first in the queue', () => {
    const book = new OrderBook();
    book.rest(1, 'BUY', 100, 10);
    book.rest(2, 'BUY', 100, 10);
    book.reduce(1, 4);
    book.plan('SELL', 100, 7);
    expect([...book.fills.makerOrderIds.subarray(0, 2)]).toEqual([1, 2]);
  });
});

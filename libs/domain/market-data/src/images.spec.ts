import fc from 'fast-check';
import { BookImage, BrokenImageError, type OrderChange } from './book-image';
import { changedLevels, DepthImage, depthHashOf } from './depth-image';

const add = (
  orderNumber: number,
  side: 'BUY' | 'SELL',
  priceTicks: number,
  quantityLots: number,
): OrderChange => ({
  orderNumber,
  side,
  priceTicks,
  quantityLots,
});
const left = (orderNumber: number, quantityLots: number): OrderChange => ({
  orderNumber,
  side: undefined,
  priceTicks: 0,
  quantityLots,
});

describe('a book image', () => {
  it('follows orders, and says which level each change touched', () => {
    const image = new BookImage();
    expect(image.apply(add(1, 'BUY', 100, 5))).toEqual({ side: 'BUY', priceTicks: 100 });
    image.apply(add(2, 'BUY', 100, 7));
    expect(image.apply(left(1, 2))).toMatchObject({ side: 'BUY', priceTicks: 100 });
    expect(image.level('BUY', 100)).toEqual({ priceTicks: 100, quantityLots: 9, orders: 2 });
    image.apply(left(1, 0));
    expect(image.best('BUY')).toEqual({ priceTicks: 100, quantityLots: 7, orders: 1 });
    expect(image.level('SELL', 100)).toEqual({ priceTicks: 100, quantityLots: 0, orders: 0 });
  });

  it.each([
    ['an order that is there already', add(1, 'SELL', 101, 1)],
    ['more lots than before', left(1, 6)],
    ['as many lots as before', left(1, 5)],
    ['an order that is not there', left(9, 0)],
  ])('refuses %s, and changes nothing', (_, change) => {
    const image = new BookImage();
    image.apply(add(1, 'BUY', 100, 5));
    const before = image.hash();
    expect(() => image.apply(change)).toThrow(BrokenImageError);
    expect(image.hash()).toBe(before);
  });

  it('hashes priority, not only quantities', () => {
    const one = new BookImage();
    const other = new BookImage();
    for (const number of [1, 2]) one.apply(add(number, 'BUY', 100, 5));
    for (const number of [2, 1]) other.apply(add(number, 'BUY', 100, 5));
    expect(one.depth('BUY', 9)).toEqual(other.depth('BUY', 9));
    expect(one.hash()).not.toBe(other.hash());
  });

  it('is rebuilt by its own orders', () => {
    const image = new BookImage();
    for (let i = 1; i < 50; i++)
      image.apply(add(i, i % 2 ? 'BUY' : 'SELL', 100 + (i % 2 ? -1 : 1) * (i % 5), i));
    const copy = new BookImage();
    for (const order of image.orders()) copy.apply(order);
    expect(copy.hash()).toBe(image.hash());
    // From an implementation of its own of what docs/MARKET_DATA.md says, so that a change of this one is noticed.
    expect(image.hash()).toBe('3e33b465ccd8d63f');
    expect(new BookImage().hash()).toBe('9d5e1ed596ae5a74');
  });
});

describe('a depth image', () => {
  const operation = fc.record({
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    priceTicks: fc.integer({ min: 1, max: 30 }),
    quantityLots: fc.integer({ min: 1, max: 20 }),
    victim: fc.nat(),
    leaves: fc.double({ min: 0, max: 1, noNaN: true }),
    adds: fc.boolean(),
  });

  it.each([1, 5, 1_000])('of %d levels follows the book by changed levels alone', (levelsMax) => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const book = new BookImage();
        const depth = new DepthImage();
        let [bids, asks] = [book.depth('BUY', levelsMax), book.depth('SELL', levelsMax)];
        operations.forEach(({ side, priceTicks, quantityLots, victim, leaves, adds }, at) => {
          const orders = book.orders();
          const chosen = orders[victim % Math.max(orders.length, 1)];
          if (adds || !chosen) book.apply(add(at + 1, side, priceTicks, quantityLots));
          else book.apply(left(chosen.orderNumber, Math.floor(leaves * (chosen.quantityLots - 1))));
          const [newBids, newAsks] = [book.depth('BUY', levelsMax), book.depth('SELL', levelsMax)];
          depth.apply({ bids: changedLevels(bids, newBids), asks: changedLevels(asks, newAsks) });
          [bids, asks] = [newBids, newAsks];
          expect(depth.levels('BUY')).toEqual(bids);
          expect(depth.levels('SELL')).toEqual(asks);
          expect(depth.hash()).toBe(depthHashOf(bids, asks));
        });
      }),
    );
  });
});

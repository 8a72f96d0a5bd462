import type { Plain } from '@clearway/kernel';
import { OrderBook } from './book';
import { SeededRandom } from './testing/seeded-random';

function randomBook(seed: number, calls: number): OrderBook {
  const random = new SeededRandom(seed);
  const book = new OrderBook();
  for (let id = 1; id <= calls; id++) {
    const cancelled = 1 + random.below(id);
    if (random.below(3) === 0 && book.has(cancelled)) book.remove(cancelled);
    const side = random.pick(['BUY', 'SELL'] as const);
    book.submit(id, side, 1 + random.below(200), 1 + random.below(50), random.below(9));
  }
  return book;
}

/** Everything that can be asked, so that a restored book is compared by more than its hash. */
function answersOf(book: OrderBook) {
  return (['BUY', 'SELL'] as const).map((side) => ({
    best: book.best(side),
    depth: book.depth(side, 1_000),
    orders: book.orderCountOf(side),
    levels: book.levelCountOf(side),
    total: book.totalLotsOf(side),
  }));
}

describe('snapshot', () => {
  it('of a restored book is the same, and so are its hash, its answers and its future', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const book = randomBook(seed, seed * 10);
      const plain: Plain = book.snapshot();
      const restored = OrderBook.restore(JSON.parse(JSON.stringify(plain)));
      expect(restored.snapshot()).toEqual(plain);
      expect(restored.stateHash()).toBe(book.stateHash());
      expect(answersOf(restored)).toEqual(answersOf(book));
      for (const each of [book, restored]) each.submit(999_999, 'SELL', 50, 500);
      expect(restored.stateHash()).toBe(book.stateHash());
    }
  });

  it('does not depend on how the content came about', () => {
    const direct = new OrderBook();
    direct.rest(5, 'BUY', 100, 3, 1);
    direct.rest(6, 'BUY', 101, 4, 2);
    const winding = new OrderBook(1_000);
    for (let id = 100; id < 200; id++) winding.rest(id, 'SELL', id, 1);
    winding.rest(6, 'BUY', 101, 9, 2);
    winding.rest(5, 'BUY', 100, 3, 1);
    for (let id = 100; id < 200; id++) winding.remove(id);
    winding.reduce(6, 5);
    expect(winding.snapshot()).toEqual(direct.snapshot());
    expect(winding.stateHash()).toBe(direct.stateHash());
  });

  it('hash is fixed: a change would break the comparison with stored snapshots', () => {
    expect(new OrderBook().stateHash()).toBe('9d5e1ed596ae5a74');
    expect(randomBook(7, 500).stateHash()).toBe('036dec7cb2533708');
  });

  it('hash sees every part of an order, its side and its place', () => {
    const orders: [number, 'BUY' | 'SELL', number, number, number, number?][][] = [
      [],
      [[1, 'BUY', 100, 5, 0]],
      [[2, 'BUY', 100, 5, 0]],
      [[1, 'SELL', 100, 5, 0]],
      [[1, 'BUY', 101, 5, 0]],
      [[1, 'BUY', 100 + 2 ** 32, 5, 0]],
      [[1 + 2 ** 32, 'BUY', 100, 5, 0]],
      [[1, 'BUY', 100, 6, 0]],
      [[1, 'BUY', 100, 5, 1]],
      [[1, 'BUY', 100, 5, -1]],
      [[1, 'BUY', 100, 5, 0, 4]],
      [[1, 'BUY', 100, 5, 0, 3]],
      [[1, 'BUY', 100, 6, 0, 4]],
      [
        [1, 'BUY', 100, 5, 0],
        [2, 'BUY', 100, 5, 0],
      ],
      [
        [2, 'BUY', 100, 5, 0],
        [1, 'BUY', 100, 5, 0],
      ],
    ];
    const hashes = orders.map((rows) => {
      const book = new OrderBook();
      for (const row of rows) book.rest(...row);
      return book.stateHash();
    });
    const atMarket = new OrderBook();
    atMarket.restAtMarket(1, 'BUY', 5);
    expect(new Set([...hashes, atMarket.stateHash()]).size).toBe(orders.length + 1);
  });
});

describe('restore', () => {
  const good = { orderIds: [1, 2], pricesTicks: [101, 100], quantitiesLots: [5, 6], owners: [0, -1] };
  const second = (reserves: object) => ({
    version: 2,
    bids: good,
    asks: empty,
    reserves: { orderIds: [1], reservesLots: [4], displaysLots: [5], ...reserves },
    marketBids: { orderIds: [3], pricesTicks: [0], quantitiesLots: [7], owners: [4] },
    marketAsks: empty,
  });
  const empty = { orderIds: [], pricesTicks: [], quantitiesLots: [], owners: [] };

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'snapshot has no snapshot'],
    ['another version', { version: 3, bids: good, asks: empty }, 'version 3 is not known'],
    ['a missing side', { version: 1, bids: good }, 'no SELL side'],
    ['a missing column', { version: 1, bids: { ...good, owners: undefined }, asks: empty }, 'BUY owners'],
    ['a short column', { version: 1, bids: { ...good, owners: [0] }, asks: empty }, 'differ in length'],
    ['text for a number', { version: 1, bids: { ...good, owners: [0, '1'] }, asks: empty }, 'BUY owners'],
    [
      'an id of zero',
      { version: 1, bids: { ...good, orderIds: [0, 2] }, asks: empty },
      'at 0 has no order id',
    ],
    [
      'a hole',
      { version: 1, bids: { ...good, pricesTicks: [101, Number.NaN] }, asks: empty },
      'at 1 has no price',
    ],
    [
      'no lots',
      { version: 1, bids: { ...good, quantitiesLots: [5, 0] }, asks: empty },
      'at 1 has no quantity',
    ],
    ['half an owner', { version: 1, bids: { ...good, owners: [0.5, 0] }, asks: empty }, 'at 0 has no owner'],
    [
      'an id twice',
      { version: 1, bids: { ...good, orderIds: [2, 2] }, asks: empty },
      'repeats the order id 2',
    ],
    ['an id on both sides', { version: 1, bids: good, asks: { ...good, pricesTicks: [1, 2] } }, 'repeats'],
    [
      'bids out of order',
      { version: 1, bids: { ...good, pricesTicks: [100, 101] }, asks: empty },
      'BUY order at 1',
    ],
    ['asks out of order', { version: 1, bids: empty, asks: good }, 'SELL order at 1 is out of price order'],
    ['no reserves', { version: 2, bids: good, asks: empty }, 'no reserves'],
    ['a short reserve column', second({ displaysLots: [] }), 'differ in length'],
    ['a reserve twice', second({ orderIds: [1, 1], reservesLots: [4, 4], displaysLots: [5, 5] }), 'repeats'],
    ['a reserve of nobody', second({ orderIds: [9] }), 'order 9, which it has not'],
    ['an empty reserve', second({ reservesLots: [0] }), 'reserve at 0 cannot be'],
    ['more shown than displayed', second({ displaysLots: [4] }), 'reserve at 0 cannot be'],
    ['too much in all', second({ reservesLots: [2 ** 32 - 5] }), 'reserve at 0 cannot be'],
    ['a limit at market', { ...second({}), marketBids: { ...good, orderIds: [7, 8] } }, 'no price'],
    ['no orders at market', { ...second({}), marketAsks: undefined }, 'no SELL side'],
  ])('refuses it whole: %s', (_, plain, message) => {
    const before = JSON.stringify(plain);
    expect(() => OrderBook.restore(plain)).toThrow(message);
    expect(JSON.stringify(plain)).toBe(before);
  });

  it('takes icebergs and orders at market as they were', () => {
    const book = OrderBook.restore(second({}));
    expect(book.snapshot()).toEqual(second({}));
    expect(book.order(1)).toMatchObject({ quantityLots: 5, reserveLots: 4, displayLots: 5 });
    expect(book.order(3)).toMatchObject({ priceTicks: 0, quantityLots: 7 });
    expect([book.totalLotsOf('BUY'), book.hiddenLotsOf('BUY'), book.orderCountOf('BUY')]).toEqual([18, 4, 3]);
  });

  it('shares nothing with the snapshot: a failed or changed copy leaves the first book as it was', () => {
    const book = OrderBook.restore({ version: 1, bids: good, asks: empty });
    const hash = book.stateHash();
    const snapshot = book.snapshot() as unknown as { bids: { quantitiesLots: number[] } };
    snapshot.bids.quantitiesLots[0] = 0;
    expect(() => OrderBook.restore(snapshot)).toThrow('no quantity');
    expect(book.stateHash()).toBe(hash);
  });
});

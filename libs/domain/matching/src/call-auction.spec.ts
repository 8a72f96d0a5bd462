import { OrderBook } from './book';
import { PRICE_TICKS_MAX } from './limits';
import type { SelfTradeAction } from './self-trade';
import type { Side } from './side';

/** `ID lots@price` or `ID lots@market`, with `/owner` and ` show N` behind if need be; bids and asks apart. */
function bookOf(bids: string, asks: string): OrderBook {
  const book = new OrderBook();
  for (const [side, orders] of [['BUY', bids] as const, ['SELL', asks] as const]) {
    for (const order of orders.split(', ').filter(Boolean)) rest(book, side, order);
  }
  return book;
}

function rest(book: OrderBook, side: Side, order: string): void {
  const [, id, lots, price, owner, show] = /^(\d+) (\d+)@(\w+)(?:\/(\d+))?(?: show (\d+))?$/.exec(order)!;
  if (price === 'market') book.restAtMarket(Number(id), side, Number(lots), Number(owner ?? 0));
  else book.rest(Number(id), side, Number(price), Number(lots), Number(owner ?? 0), Number(show ?? 0));
}

function priceOf(book: OrderBook, referenceTicks: number): string {
  const price = book.indicativePrice(referenceTicks);
  return price ? `${price.volumeLots}@${price.priceTicks} surplus ${price.surplusLots}` : 'none';
}

/** Plans, applies and says what happened. */
function uncross(book: OrderBook, referenceTicks: number, selfTrade: SelfTradeAction = 'ALLOW'): string {
  book.planUncrossing(referenceTicks, selfTrade);
  const plan = book.uncrossing;
  const lost = Array.from({ length: plan.preventedCount }, (_, i) => {
    return [plan.preventedOrderIds[i]!, plan.preventedLots[i]!] as const;
  });
  const fills = Array.from({ length: plan.count }, (_, i) => {
    return [plan.buyOrderIds[i]!, plan.sellOrderIds[i]!, plan.quantitiesLots[i]!] as const;
  });
  for (const [id, lots] of lost) book.reduce(id, lots);
  for (const [buyId, sellId, lots] of fills) for (const id of [buyId, sellId]) book.fill(id, lots);
  const words = fills.map(([buyId, sellId, lots]) => `${buyId}-${sellId}:${lots}`);
  return [...words, `@${plan.priceTicks}`, ...lost.map(([id, lots]) => `lost ${id}:${lots}`)].join(' ');
}

function isCrossed(book: OrderBook): boolean {
  return (book.bestPriceTicks('BUY') ?? 0) >= (book.bestPriceTicks('SELL') ?? Number.POSITIVE_INFINITY);
}

describe('the price of a call auction', () => {
  it.each([
    ['nothing rests', '', '', 100, 'none'],
    ['nothing crosses', '1 5@99', '2 5@100', 100, 'none'],
    ['one side alone', '1 5@99, 2 5@market', '', 100, 'none'],
    ['the most volume', '1 5@103, 2 5@101, 3 5@99', '4 5@98, 5 5@100, 6 5@102', 90, '10@100 surplus 0'],
    ['the least surplus', '1 9@102', '2 5@100, 3 2@102', 100, '7@102 surplus 2'],
    [
      'between limits the surplus may be least',
      '1 5@103, 2 5@100',
      '3 5@100, 4 5@103',
      90,
      '5@101 surplus 0',
    ],
    ['the nearest to the reference from below', '1 5@105', '2 5@100', 90, '5@100 surplus 0'],
    ['the nearest to the reference from above', '1 5@105', '2 5@100', 900, '5@105 surplus 0'],
    ['the reference itself', '1 5@105', '2 5@100', 103, '5@103 surplus 0'],
    ['buyers left over', '1 9@105', '2 5@100', 103, '5@103 surplus 4'],
    ['sellers left over', '1 5@105', '2 9@100', 900, '5@105 surplus -4'],
    ['only orders at market', '1 5@market', '2 7@market', 88, '5@88 surplus -2'],
    ['at market against limits', '1 5@market', '2 3@100, 3 3@101', 90, '5@101 surplus -1'],
    ['at market above all limits', '1 5@market', '2 5@100', 150, '5@150 surplus 0'],
    ['hidden lots count', '1 30@100 show 3', '2 25@100 show 5', 100, '25@100 surplus 5'],
    [
      'the highest price there is',
      '1 1@4503599627370495',
      '2 1@4503599627370495',
      1,
      `1@${PRICE_TICKS_MAX} surplus 0`,
    ],
    ['the lowest price there is', '1 1@1', '2 1@1', 900, '1@1 surplus 0'],
  ])('%s', (_, bids, asks, referenceTicks, expected) => {
    expect(priceOf(bookOf(bids, asks), referenceTicks)).toBe(expected);
  });

  it('needs a reference', () => {
    expect(() => bookOf('1 5@100', '2 5@100').indicativePrice(0)).toThrow('reference price');
  });
});

describe('an uncrossing', () => {
  it.each<[string, string, string, SelfTradeAction, string]>([
    [
      'pairs by price, then time',
      '1 5@101, 2 5@102, 3 5@101',
      '4 8@100, 5 4@99',
      'ALLOW',
      '2-5:4 2-4:1 1-4:5 3-4:2 @100',
    ],
    ['takes orders at market first', '1 5@200, 2 3@market', '3 6@100', 'ALLOW', '2-3:3 1-3:3 @100'],
    [
      'takes icebergs whole, in their place',
      '1 9@100 show 2, 2 5@100',
      '3 11@100',
      'ALLOW',
      '1-3:9 2-3:2 @100',
    ],
    [
      'cancels the newest',
      '1 5@101/7, 2 5@100',
      '3 5@100/7, 4 5@100',
      'CANCEL_NEWEST',
      '1-4:5 @101 lost 3:5',
    ],
    [
      'cancels the oldest',
      '1 5@101/7, 2 5@100',
      '3 5@100/7, 4 5@100',
      'CANCEL_OLDEST',
      '2-3:5 @100 lost 1:5',
    ],
    [
      'cancels both',
      '1 5@101/7, 2 5@100',
      '3 5@100/7, 4 5@100',
      'CANCEL_BOTH',
      '2-4:5 @100 lost 1:5 lost 3:5',
    ],
    [
      'decrements',
      '1 5@101/7, 2 5@100',
      '3 3@100/7, 4 5@100',
      'DECREMENT',
      '1-4:2 2-4:3 @100 lost 1:3 lost 3:3',
    ],
    ['lets nobody trade with nobody', '1 5@101', '3 3@100', 'CANCEL_BOTH', '1-3:3 @100'],
    [
      'cancels what is left when an owner meets itself',
      '1 5@101/7',
      '2 3@99, 3 3@100/7',
      'CANCEL_OLDEST',
      '1-2:3 @99 lost 1:2',
    ],
    [
      'finds the price anew',
      '1 5@110/7, 2 5@101',
      '3 9@100/7, 4 5@101',
      'CANCEL_OLDEST',
      '2-3:5 @100 lost 1:5',
    ],
    ['may come to nothing', '1 5@101/7', '3 5@100/7', 'DECREMENT', '@0 lost 1:5 lost 3:5'],
  ])('%s', (_, bids, asks, selfTrade, expected) => {
    const book = bookOf(bids, asks);
    expect(uncross(book, 100, selfTrade)).toBe(expected);
    expect(isCrossed(book)).toBe(false);
  });

  it('changes nothing while it is planned, and leaves icebergs showing themselves anew', () => {
    const book = bookOf('1 30@100 show 10, 2 5@100', '3 24@100');
    const before = book.stateHash();
    book.planUncrossing(100);
    expect(book.stateHash()).toBe(before);
    uncross(book, 100);
    expect(book.order(1)).toMatchObject({ quantityLots: 6, reserveLots: 0 });
    expect(book.depth('BUY', 9)).toEqual([{ priceTicks: 100, quantityLots: 11, orderCount: 2 }]);
  });

  it('asks the rule which action is taken, with the buyer first', () => {
    const book = bookOf('1 5@101/7', '2 5@100/7');
    const asked: number[][] = [];
    book.planUncrossing(100, (...ids) => {
      asked.push(ids);
      return 'ALLOW';
    });
    expect([asked, book.uncrossing.count]).toEqual([[[1, 2]], 1]);
  });

  it('grows with its orders', () => {
    const book = new OrderBook();
    for (let i = 1; i <= 500; i++) {
      book.rest(2 * i, 'BUY', 200, 1, 1 + (i % 9));
      book.rest(2 * i + 1, 'SELL', 100, 1, 1 + (i % 9));
    }
    expect(book.planUncrossing(150)).toBe(500);
    expect(book.planUncrossing(150, 'CANCEL_BOTH')).toBe(0);
    expect(book.uncrossing.preventedCount).toBe(1_000);
  });
});

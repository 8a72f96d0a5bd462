import fc from 'fast-check';
import { OrderBook } from './book';
import type { SelfTradeAction } from './self-trade';
import { UNLIMITED } from './uncross';

const REFERENCE_TICKS = 100;

const order = fc.record({
  side: fc.constantFrom('BUY', 'SELL'),
  priceTicks: fc.integer({ min: 97, max: 103 }),
  lots: fc.integer({ min: 1, max: 30 }),
  owner: fc.integer({ min: 1, max: 4 }),
  kind: fc.constantFrom('limit', 'limit', 'iceberg', 'market'),
} as const);
const orders = fc.array(order, { minLength: 2, maxLength: 40 });
type Order = typeof order extends fc.Arbitrary<infer Made> ? Made : never;

function bookOf(made: readonly Order[]): OrderBook {
  const book = new OrderBook();
  made.forEach(({ side, priceTicks, lots, owner, kind }, at) => {
    if (kind === 'market') book.restAtMarket(at + 1, side, lots, owner);
    else
      book.rest(at + 1, side, priceTicks, lots, owner, kind === 'iceberg' ? Math.ceil(lots / 4) : undefined);
  });
  return book;
}

/** Applies the plan's preventions and fills, and tells of the fills. */
function apply(book: OrderBook): string[] {
  const { uncrossing: plan } = book;
  const told: string[] = [];
  for (let i = 0; i < plan.preventedCount; i += 1)
    book.reduce(plan.preventedOrderIds[i] as number, plan.preventedLots[i] as number);
  for (let i = 0; i < plan.count; i += 1) {
    const lots = plan.quantitiesLots[i] as number;
    const ids = [plan.buyOrderIds[i], plan.sellOrderIds[i]] as number[];
    for (const id of ids) book.fill(id, lots);
    told.push(`${ids.join('+')} ${lots}@${plan.priceTicks}`);
  }
  return told;
}

it('fills bit by bit what one plan fills, icebergs that have begun among it', () => {
  let bits = 0;
  fc.assert(
    fc.property(orders, fc.integer({ min: 1, max: 4 }), (made, fillsMax) => {
      const whole = bookOf(made);
      whole.planUncrossing(REFERENCE_TICKS);
      const expected = apply(whole);
      const book = bookOf(made);
      book.planUncrossing(REFERENCE_TICKS);
      const { priceTicks } = book.uncrossing;
      const told: string[] = [];
      let begun = { buyOrderId: 0, sellOrderId: 0 };
      while (priceTicks > 0 && book.resumeUncrossing(priceTicks, begun, fillsMax) > 0) {
        told.push(...apply(book));
        const { buyOrderIds, sellOrderIds, count } = book.uncrossing;
        begun = { buyOrderId: buyOrderIds[count - 1] ?? 0, sellOrderId: sellOrderIds[count - 1] ?? 0 };
        bits += 1;
      }
      expect(told).toEqual(expected);
      expect(book.stateHash()).toBe(whole.stateHash());
    }),
    { numRuns: 500 },
  );
  expect(bits).toBeGreaterThan(500);
});

it.each<SelfTradeAction>(['CANCEL_NEWEST', 'CANCEL_OLDEST', 'CANCEL_BOTH', 'DECREMENT'])(
  'comes to the same with %s when prevention is taken for good after each round',
  (action) => {
    let rounds = 0;
    fc.assert(
      fc.property(orders, (made) => {
        const whole = bookOf(made);
        whole.planUncrossing(REFERENCE_TICKS, action);
        const expected = apply(whole);
        const book = bookOf(made);
        const limits = { ...UNLIMITED, roundsMax: 1 };
        const plan = () => book.planUncrossing(REFERENCE_TICKS, action, book.uncrossing, limits);
        for (plan(); !book.uncrossing.isFinal; plan()) {
          expect(apply(book)).toEqual([]);
          rounds += 1;
        }
        expect(apply(book)).toEqual(expected);
        expect(book.stateHash()).toBe(whole.stateHash());
      }),
      { numRuns: 300 },
    );
    expect(rounds).toBeGreaterThan(100);
  },
);

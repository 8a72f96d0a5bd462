import { OrderBook } from './book';
import { MARKET } from './limits';
import type { Side } from './side';
import type { RemainderPolicy } from './submit';
import { NaiveBook, type NaiveFill } from './testing/naive-book';
import { SeededRandom } from './testing/seeded-random';

const OPERATIONS = 13_000;
const CALLS_PER_COMPARISON = 10;
const ORDERS_MAX = 120;
const POLICIES: readonly RemainderPolicy[] = ['GTC', 'GTC', 'GTC', 'GTC', 'IOC', 'FOK'];

/** Prices and ids as different worlds have them: narrow, wide with levels that come and go, huge, and powers of two apart. */
const worlds = [
  { name: 'eight prices', seed: 11, prices: 8, firstPrice: 100, priceStep: 1, idStep: 1 },
  { name: 'a thousand prices', seed: 12, prices: 1_000, firstPrice: 1, priceStep: 7, idStep: 4_096 },
  {
    name: 'huge numbers',
    seed: 13,
    prices: 300,
    firstPrice: 2 ** 51,
    priceStep: 2 ** 40,
    idStep: 2 ** 33 + 1,
  },
  { name: 'ids a power of two apart', seed: 14, prices: 40, firstPrice: 50, priceStep: 2, idStep: 2 ** 32 },
];

type World = (typeof worlds)[number];

/** The same calls on three books: matched at once, planned and then applied event by event, and the naive one. */
class Triplet {
  readonly matched = new OrderBook();
  readonly evolved = new OrderBook();
  readonly naive = new NaiveBook();

  submit(id: number, side: Side, limit: number, lots: number, owner: number, policy: RemainderPolicy): void {
    const expected = this.naive.submit(id, side, limit, lots, owner, policy);
    this.matched.submit(id, side, limit, lots, owner, policy);
    expectFills(this.matched, expected);
    this.decideAndEvolve(id, side, limit, lots, owner, policy);
  }

  remove(id: number): void {
    this.naive.remove(id);
    this.matched.remove(id);
    this.evolved.remove(id);
  }

  reduce(id: number, lots: number): void {
    this.naive.reduce(id, lots);
    this.matched.reduce(id, lots);
    this.evolved.reduce(id, lots);
  }

  /** As an event-sourced service does it: what is applied is read from records of the plan, never from the plan itself. */
  private decideAndEvolve(
    id: number,
    side: Side,
    limit: number,
    lots: number,
    owner: number,
    policy: RemainderPolicy,
  ): void {
    const book = this.evolved;
    if (policy === 'FOK' && book.availableLots(side, limit, lots) < lots) return;
    book.plan(side, limit, lots, owner);
    const { leavesLots } = book.fills;
    const trades = fillsOf(book);
    for (const trade of trades) book.reduce(trade.makerOrderId, trade.quantityLots);
    if (leavesLots > 0 && policy === 'GTC' && limit !== MARKET) book.rest(id, side, limit, leavesLots, owner);
  }
}

/** Compares by hand first: `toEqual` on every call would cost more than all three books. */
function expectFills(book: OrderBook, expected: readonly NaiveFill[]): void {
  const { fills } = book;
  const same = expected.every(
    (fill, i) =>
      fills.makerOrderIds[i] === fill.makerOrderId &&
      fills.pricesTicks[i] === fill.priceTicks &&
      fills.quantitiesLots[i] === fill.quantityLots,
  );
  if (!same || fills.count !== expected.length) expect(fillsOf(book)).toEqual(expected);
}

function fillsOf({ fills }: OrderBook): NaiveFill[] {
  return Array.from({ length: fills.count }, (_, i) => ({
    makerOrderId: fills.makerOrderIds[i] as number,
    priceTicks: fills.pricesTicks[i] as number,
    quantityLots: fills.quantitiesLots[i] as number,
  }));
}

function step(books: Triplet, random: SeededRandom, world: World, turn: number): void {
  const victim = books.naive.orderAt(random.below(ORDERS_MAX));
  const dice = random.below(10);
  if (victim && dice < 4) books.remove(victim.orderId);
  else if (victim && dice === 4) books.reduce(victim.orderId, 1 + random.below(victim.quantityLots));
  else submitRandom(books, random, world, turn);
}

function submitRandom(books: Triplet, random: SeededRandom, world: World, turn: number): void {
  const limit = world.firstPrice + random.below(world.prices) * world.priceStep;
  books.submit(
    (turn + 1) * world.idStep,
    random.pick<Side>(['BUY', 'SELL']),
    random.below(20) === 0 ? MARKET : limit,
    1 + random.below(30),
    random.below(5) - 2,
    random.pick(POLICIES),
  );
}

describe('the book and its naive twin', () => {
  it.each(worlds)('agree on every fill and on the state of many random calls: $name', (world) => {
    const random = new SeededRandom(world.seed);
    const books = new Triplet();
    for (let turn = 0; turn < OPERATIONS; turn++) {
      step(books, random, world, turn);
      if (turn % CALLS_PER_COMPARISON !== 0) continue;
      const expected = books.naive.stateHash();
      if (books.matched.stateHash() !== expected || books.evolved.stateHash() !== expected) {
        throw new Error(`world ${world.name}, seed ${world.seed}: the books differ by call ${turn}`);
      }
    }
    expect(books.matched.stateHash()).toBe(books.naive.stateHash());
    expect(books.matched.orderCount).toBe(books.naive.orderCount);
    expect(books.matched.snapshot()).toEqual(books.evolved.snapshot());
  });
});

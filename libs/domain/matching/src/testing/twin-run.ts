import { OrderBook } from '../book';
import { MARKET } from '../limits';
import type { SelfTradeAction } from '../self-trade';
import type { Side } from '../side';
import type { RemainderPolicy } from '../submit';
import { BookMirror } from './book-mirror';
import { NaiveBook, type NaiveFill, openLots } from './naive-book';
import { SeededRandom } from './seeded-random';
import type { TwinWorld } from './twin-worlds';

/** The naive twin gets slow with many orders; past this many the random calls cancel as often as they add. */
const ORDERS_MAX = 120;
const POLICIES: readonly RemainderPolicy[] = ['GTC', 'GTC', 'GTC', 'GTC', 'IOC', 'FOK'];
const SELF_TRADES: readonly SelfTradeAction[] = [
  'ALLOW',
  'CANCEL_NEWEST',
  'CANCEL_OLDEST',
  'CANCEL_BOTH',
  'DECREMENT',
];

interface RandomOrder {
  readonly id: number;
  readonly side: Side;
  readonly limit: number;
  readonly lots: number;
  readonly owner: number;
  readonly policy: RemainderPolicy;
  readonly selfTrade: SelfTradeAction;
  /** 0 shows all. */
  readonly displayLots: number;
}

/**
 * The same random calls on three books: one matched at once, one planned and then applied event by event as a service does
 * it, and the naive one; a listener rebuilds the first two from what it is told. Throws, naming the world, seed and call, as soon as they disagree about a fill or a state.
 */
export class TwinRun {
  readonly matched = new OrderBook();
  readonly evolved = new OrderBook();
  readonly naive = new NaiveBook();
  private readonly mirrors: readonly BookMirror[];
  private readonly random: SeededRandom;
  private calls = 0;

  constructor(
    private readonly world: TwinWorld,
    private readonly seed = world.seed,
  ) {
    this.random = new SeededRandom(seed);
    this.mirrors = [new BookMirror(this.matched), new BookMirror(this.evolved)];
  }

  /** Makes this many calls and compares the three states' hashes after every `callsPerComparison` of them. */
  run(calls: number, callsPerComparison: number): void {
    for (let i = 0; i < calls; i++) {
      this.step();
      if (this.calls % callsPerComparison === 0) this.compareStates();
    }
    this.compareStates();
  }

  private step(): void {
    this.calls++;
    const victim = this.naive.orderAt(this.random.below(ORDERS_MAX));
    const dice = this.random.below(10);
    if (victim && dice < 4) this.remove(victim.orderId);
    else if (victim && dice === 4) this.reduce(victim.orderId, 1 + this.random.below(openLots(victim)));
    else this.submit(this.randomOrder());
  }

  private randomOrder(): RandomOrder {
    const { random, world } = this;
    const lots = 1 + random.below(30);
    const limit = world.firstPriceTicks + random.below(world.prices) * world.priceStepTicks;
    return {
      id: this.calls * world.idStep,
      side: random.pick<Side>(['BUY', 'SELL']),
      limit: random.below(20) === 0 ? MARKET : limit,
      lots,
      owner: random.below(5) - 2,
      policy: random.pick(POLICIES),
      selfTrade: random.pick(SELF_TRADES),
      displayLots: random.below(4) === 0 ? 1 + random.below(lots) : 0,
    };
  }

  private submit(order: RandomOrder): void {
    const { id, side, limit, lots, owner, policy, selfTrade, displayLots } = order;
    const book = this.matched;
    const available = Math.min(lots, this.naive.availableLots(side, limit));
    if (book.availableLots(side, limit, lots) !== available) this.fail('the available lots');
    const expected = this.naive.submit(id, side, limit, lots, owner, policy, selfTrade, displayLots);
    book.submit(id, side, limit, lots, owner, policy, book.fills, selfTrade, displayLots);
    if (!sameFills(book, expected)) this.fail('the fills');
    this.decideAndEvolve(order);
  }

  /** What is applied is read from records of the plan, never from the plan itself. */
  private decideAndEvolve({
    id,
    side,
    limit,
    lots,
    owner,
    policy,
    selfTrade,
    displayLots,
  }: RandomOrder): void {
    const book = this.evolved;
    book.plan(side, limit, lots, owner, book.fills, selfTrade);
    const { leavesLots, filledLots, isTakerCancelled } = book.fills;
    if (policy === 'FOK' && filledLots < lots) return;
    const [trades, preventions] = [tradesOf(book), preventionsOf(book)];
    for (const [orderId, quantityLots] of trades) book.fill(orderId, quantityLots);
    for (const [orderId, quantityLots] of preventions) book.reduce(orderId, quantityLots);
    const mayRest = policy === 'GTC' && limit !== MARKET && !isTakerCancelled;
    if (leavesLots > 0 && mayRest) book.rest(id, side, limit, leavesLots, owner, displayLots);
  }

  private remove(id: number): void {
    for (const book of [this.naive, this.matched, this.evolved]) book.remove(id);
  }

  private reduce(id: number, lots: number): void {
    for (const book of [this.naive, this.matched, this.evolved]) book.reduce(id, lots);
  }

  private compareStates(): void {
    const expected = this.naive.stateHash();
    if (this.matched.stateHash() !== expected) this.fail('the state of the matched book');
    if (this.evolved.stateHash() !== expected) this.fail('the state of the evolved book');
    for (const mirror of this.mirrors)
      if (!mirror.isEqual()) this.fail('the state of a book rebuilt by a listener');
  }

  private fail(what: string): never {
    throw new Error(`world ${this.world.name}, seed ${this.seed}, call ${this.calls}: ${what} differs`);
  }
}

function sameFills({ fills }: OrderBook, expected: readonly NaiveFill[]): boolean {
  return (
    fills.count === expected.length &&
    expected.every(
      (fill, i) =>
        fills.makerOrderIds[i] === fill.makerOrderId &&
        fills.pricesTicks[i] === fill.priceTicks &&
        fills.quantitiesLots[i] === fill.quantityLots,
    )
  );
}

function tradesOf({ fills }: OrderBook): (readonly [number, number])[] {
  return Array.from(
    { length: fills.count },
    (_, i) => [fills.makerOrderIds[i]!, fills.quantitiesLots[i]!] as const,
  );
}

function preventionsOf({ fills }: OrderBook): (readonly [number, number])[] {
  return Array.from(
    { length: fills.preventedCount },
    (_, i) => [fills.preventedOrderIds[i]!, fills.preventedLots[i]!] as const,
  );
}

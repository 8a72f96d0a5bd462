import type { TradingPhase } from '../phase';
import type { Engine } from './engine-calls';
import { NaiveEngine } from './naive-engine';
import { type PriceRange, RandomCalls } from './random-calls';
import { SeededRandom } from './seeded-random';
import { ServiceEngine } from './service-engine';

/** The naive twin gets slow with many orders; with this many open, orders are cancelled instead. */
const ORDERS_MAX = 60;
const CALLS_PER_COMPARISON = 100;

/** In how many of 200 calls a phase ends: a halt and the night are soon over, because nothing happens in them. */
const GO_ON_OF_200: Readonly<Record<TradingPhase, number>> = {
  PRE_OPEN: 6,
  OPENING_AUCTION: 6,
  CONTINUOUS: 3,
  HALTED: 80,
  REOPENING_AUCTION: 6,
  CLOSING_AUCTION: 6,
  CLOSED: 80,
};

/** A run with its prices. */
export interface EngineWorld extends PriceRange {
  readonly name: string;
  readonly seed: number;
}

/** Crowded, middling and wide; the first one's prices reach the lowest there is. */
export const ENGINE_WORLDS: readonly EngineWorld[] = [
  { name: 'twelve prices', seed: 21, firstPriceTicks: 1, prices: 12 },
  { name: 'forty prices', seed: 22, firstPriceTicks: 80, prices: 40 },
  { name: 'a thousand prices', seed: 23, firstPriceTicks: 500, prices: 1_000 },
];

/**
 * The same random calls of every kind (all order types and times in force, replacements, halts, auctions, expiry, mass cancels) on an
 * engine put together from the library and on the naive one. Their answers are compared after each call and all that they remember
 * after every 100; the fast one goes on from its own snapshot then. Throws at the first difference, naming world, seed and call.
 */
export class EngineTwin {
  readonly naive = new NaiveEngine();
  /** How often each thing happened, so that a test can see that nothing was left out. */
  readonly happened = new Map<string, number>();
  private readonly service: Engine = new ServiceEngine();
  private readonly random: SeededRandom;
  private readonly calls: RandomCalls;
  private phase: TradingPhase = 'CONTINUOUS';
  private count = 0;

  constructor(
    private readonly world: EngineWorld,
    private readonly seed = world.seed,
  ) {
    this.random = new SeededRandom(seed);
    this.calls = new RandomCalls(this.random, world);
  }

  /** Makes this many calls. */
  run(calls: number): void {
    for (let i = 0; i < calls; i++) {
      this.count++;
      this.step();
      if (this.count % CALLS_PER_COMPARISON === 0) this.compareStates();
    }
    this.compareStates();
  }

  private step(): void {
    const { random, calls } = this;
    const dice = random.below(200);
    const victim = this.naive.orderAt(random.below(ORDERS_MAX));
    const isFull = this.naive.orderAt(ORDERS_MAX) !== undefined;
    if (dice < GO_ON_OF_200[this.phase]) this.goOn();
    else if (dice < 12) {
      const nowMicros = calls.time();
      this.both('expire', (engine) => engine.advanceTo(nowMicros));
    } else if (dice === 12) {
      const owner = calls.owner();
      this.both('mass cancel', (engine) => engine.cancelAllOf(owner));
    } else if (victim && dice < 50) {
      const replacement = calls.replacement(victim);
      this.both('replace', (engine) => engine.replace(replacement));
    } else if (victim && (dice < 80 || isFull)) this.both('cancel', (engine) => engine.cancel(victim.id));
    else {
      const order = calls.order(this.count);
      this.both(`${order.type} ${order.timeInForce}`, (engine) => engine.place(order));
    }
  }

  private goOn(): void {
    const phase = this.calls.phase();
    const answer = this.both(`${this.phase} to ${phase}`, (engine) => engine.goTo(phase));
    if (answer[0] !== 'refused') this.phase = phase;
  }

  private both(what: string, call: (engine: Engine) => string[]): string[] {
    const expected = call(this.naive);
    const given = call(this.service);
    if (given.join('; ') !== expected.join('; ')) this.fail(what, expected.join('; '), given.join('; '));
    if (expected[0] !== 'refused') this.note(what);
    for (const line of expected) this.note(line.replace(/[-0-9@ ]+/g, ' ').trim());
    return expected;
  }

  private note(what: string): void {
    this.happened.set(what, (this.happened.get(what) ?? 0) + 1);
  }

  private compareStates(): void {
    const expected = this.naive.stateText();
    const given = this.service.stateText();
    if (given !== expected) this.fail('the state', expected, given);
  }

  private fail(what: string, expected: string, given: string): never {
    const { world, seed, count } = this;
    throw new Error(
      `world ${world.name}, seed ${seed}, call ${count}: ${what} differs\nexpected ${expected}\ngiven    ${given}`,
    );
  }
}

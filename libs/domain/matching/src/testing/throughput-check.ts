/**
 * How fast the book is on this machine: `npm run build`, then `node libs/domain/matching/dist/testing/throughput-check.js`.
 * Every scenario prepares its calls beforehand, runs once to warm up and then three times; the median counts. Matching
 * only: no journal, no wire, nothing durable. The percentiles come from timing every call (the clock costs ~40 ns).
 */
import { OrderBook } from '../book';
import { MARKET } from '../limits';
import { SeededRandom } from './seeded-random';

const RUNS = 3;
const CALLS = 1_000_000;
const CANCEL = -1;

interface Scenario {
  readonly name: string;
  readonly prepare: (book: OrderBook) => void;
  readonly calls: Calls;
}

/** Calls as columns, so that reading them costs the measurement next to nothing. A quantity of `CANCEL` cancels. */
interface Calls {
  readonly ids: Float64Array;
  readonly sells: Uint8Array;
  readonly prices: Float64Array;
  readonly lots: Float64Array;
}

/** 45 % add, 40 % cancel, 15 % cross, within a drifting band; the orders of a book of some 10,000 resting ones. */
function mixedCalls(seed: number, firstId: number, drift: number): Calls {
  const random = new SeededRandom(seed);
  const calls = emptyCalls();
  const book = new OrderBook();
  const live: number[] = [];
  let middle = 1_000_000;
  for (let i = 0; i < CALLS; i++) {
    if (i % 64 === 0) middle += random.below(2 * drift + 1) - drift;
    const dice = random.below(100);
    const cancelIndex = dice < 40 && live.length > 5_000 ? random.below(live.length) : -1;
    const victim = live[cancelIndex];
    const sell = random.below(2);
    const away = dice > 84 ? -random.below(3) : 1 + random.below(200);
    calls.ids[i] = victim ?? firstId + i;
    calls.sells[i] = sell;
    calls.prices[i] = middle + (sell === 1 ? away : -away);
    calls.lots[i] = victim === undefined ? 1 + random.below(100) : CANCEL;
    run(book, calls, i, i + 1);
    if (victim !== undefined) {
      live[cancelIndex] = live[live.length - 1] as number;
      live.pop();
    } else if (book.has(firstId + i)) live.push(firstId + i);
    dropFilled(book, live, random);
  }
  return calls;
}

function dropFilled(book: OrderBook, live: number[], random: SeededRandom): void {
  for (let tries = 0; tries < 2 && live.length > 0; tries++) {
    const i = random.below(live.length);
    if (book.has(live[i] as number)) continue;
    live[i] = live[live.length - 1] as number;
    live.pop();
  }
}

/** Single orders at far levels, each cancelled by the next call: levels appear and vanish deep inside a static book. */
function deepCalls(seed: number, levels: number): Calls {
  const random = new SeededRandom(seed);
  const calls = emptyCalls();
  for (let i = 0; i < CALLS; i++) {
    const cancels = i % 2 === 1;
    const offset = 2 * random.below(levels) + 1;
    calls.ids[i] = 10_000_000 + (cancels ? i - 1 : i);
    calls.sells[i] = 0;
    calls.prices[i] = 1_000_000 - offset;
    calls.lots[i] = cancels ? CANCEL : 1;
  }
  return calls;
}

/** The best price moves with each call: a better bid comes, and is hit by a sell order of the same size. */
function bestMoveCalls(): Calls {
  const calls = emptyCalls();
  for (let i = 0; i < CALLS; i++) {
    const hits = i % 2 === 1;
    calls.ids[i] = 10_000_000 + i;
    calls.sells[i] = hits ? 1 : 0;
    calls.prices[i] = hits ? MARKET : 1_000_001 + (i % 1_000);
    calls.lots[i] = 5;
  }
  return calls;
}

function emptyCalls(): Calls {
  return {
    ids: new Float64Array(CALLS),
    sells: new Uint8Array(CALLS),
    prices: new Float64Array(CALLS),
    lots: new Float64Array(CALLS),
  };
}

/** Levels two ticks apart on both sides, in an order that jumps about. */
function staticBook(levels: number): (book: OrderBook) => void {
  return (book) => {
    for (let i = 0; i < levels; i++) {
      const at = (i * 7_919) % levels;
      book.rest(2 * i + 1, 'BUY', 1_000_000 - 2 * at, 10, 1);
      book.rest(2 * i + 2, 'SELL', 2_000_000 + 2 * at, 10, 2);
    }
  };
}

function run(book: OrderBook, calls: Calls, from: number, to: number): void {
  const { ids, sells, prices, lots } = calls;
  for (let i = from; i < to; i++) {
    const quantityLots = lots[i] as number;
    const id = ids[i] as number;
    if (quantityLots !== CANCEL) {
      book.submit(id, sells[i] === 1 ? 'SELL' : 'BUY', prices[i] as number, quantityLots, 0);
    } else if (book.has(id)) book.remove(id);
  }
}

function callsPerSecond(scenario: Scenario): number {
  const rates: number[] = [];
  for (let round = 0; round <= RUNS; round++) {
    const book = new OrderBook();
    scenario.prepare(book);
    const startedMs = performance.now();
    run(book, scenario.calls, 0, CALLS);
    if (round > 0) rates.push((CALLS / (performance.now() - startedMs)) * 1_000);
  }
  return rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)] as number;
}

function percentilesMicros(scenario: Scenario): string {
  const book = new OrderBook();
  scenario.prepare(book);
  const micros = new Float64Array(CALLS);
  for (let i = 0; i < CALLS; i++) {
    const startedMs = performance.now();
    run(book, scenario.calls, i, i + 1);
    micros[i] = (performance.now() - startedMs) * 1_000;
  }
  micros.sort();
  return [0.5, 0.99, 0.999].map((p) => (micros[Math.floor(CALLS * p)] as number).toFixed(2)).join(' / ');
}

const nothing = (): void => undefined;
const scenarios: Scenario[] = [
  { name: 'mixed add/cancel/cross', prepare: nothing, calls: mixedCalls(1, 1, 0) },
  { name: 'mixed, middle drifts ±20 ticks', prepare: nothing, calls: mixedCalls(2, 1, 20) },
  { name: 'mixed, ids above 2^32', prepare: nothing, calls: mixedCalls(3, 2 ** 40, 2) },
  {
    name: '100k static levels a side, the best moves with every call',
    prepare: staticBook(100_000),
    calls: bestMoveCalls(),
  },
  {
    name: '100k static levels a side, levels come and go deep',
    prepare: staticBook(100_000),
    calls: deepCalls(4, 100_000),
  },
];
for (const scenario of scenarios) {
  const millions = (callsPerSecond(scenario) / 1e6).toFixed(2);
  console.log(`${scenario.name}: ${millions} M calls/s; µs P50/P99/P99.9 ${percentilesMicros(scenario)}`);
}

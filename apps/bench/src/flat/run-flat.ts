import { setTimeout as sleep } from 'node:timers/promises';
import type { StackDescription } from '@clearway/platform-stack';
import { type FlowOf, openLanes, operatorClient, SILENT } from '../system/bench-load';
import { newPhase } from '../system/load-lane';
import { type BenchMarket, prepareMarket } from '../system/market';
import { OrderFlow } from '../system/order-flow';
import { measure } from '../system/run-bench';
import { RestingFlow } from './resting-flow';

/** What a series is asked for. */
export interface FlatWishes {
  /** Measured time of each case. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly window: number;
  readonly instruments: readonly number[];
  readonly accounts: readonly number[];
  /** Orders that rest before the last case, which are also those that have passed by then. */
  readonly resting: number;
}

/** One case of the series. */
export interface FlatCase {
  readonly name: string;
  readonly ordersPerSecond: number;
  readonly cpuMicrosPerOrder: number;
  readonly answerMsP50: number;
  readonly answerMsP99: number;
  readonly memoryMegabytes: number;
}

/** The market that most cases trade on. */
const ACCOUNTS = 1_000;
const INSTRUMENTS = 10;
const FILL_WINDOW = 4_000;
const FILL_LOOK_MS = 1_000;
/** A fill that does not come on within this has failed. */
const FILL_STALL_MS = 60_000;

/** Measures the same load on one stack over ever more instruments, accounts and resting orders: what an order costs must stay. */
export async function runFlat(
  stack: StackDescription,
  stackPid: number,
  wishes: FlatWishes,
  say: (line: string) => void,
): Promise<FlatCase[]> {
  const cases: FlatCase[] = [];
  const one = async (name: string, market: BenchMarket): Promise<void> => {
    const found = await measureCase(stack, stackPid, wishes, name, market);
    say(lineOf(found));
    cases.push(found);
  };
  for (const instruments of wishes.instruments)
    await one(`${instruments} instruments`, await marketOf(stack, ACCOUNTS, instruments, `i${instruments}`));
  for (const accounts of wishes.accounts)
    await one(`${accounts} accounts`, await marketOf(stack, accounts, INSTRUMENTS, `a${accounts}`));
  const deep = await marketOf(stack, ACCOUNTS, INSTRUMENTS, 'deep');
  await one('before orders rest', deep);
  await fill(stack, deep, wishes.resting, say);
  await one(`${wishes.resting} resting orders, as many passed`, deep);
  return cases;
}

/** One case as a line for people. */
export function lineOf(found: FlatCase): string {
  const { name, ordersPerSecond, cpuMicrosPerOrder, answerMsP50, answerMsP99, memoryMegabytes } = found;
  return (
    `${name.padEnd(40)} ${String(ordersPerSecond).padStart(6)} orders/s  ${String(cpuMicrosPerOrder).padStart(6)} µs an order  ` +
    `P50 ${answerMsP50} P99 ${answerMsP99} ms  memory ${memoryMegabytes} MB`
  );
}

let runs = 0;

function marketOf(
  stack: StackDescription,
  accounts: number,
  instruments: number,
  name: string,
): Promise<BenchMarket> {
  runs += 1;
  const run = `${name}${Date.now().toString(36)}${runs}`;
  return prepareMarket(stack, { accounts, instruments, run }, SILENT);
}

async function measureCase(
  stack: StackDescription,
  stackPid: number,
  { seconds, warmUpSeconds, window }: FlatWishes,
  name: string,
  market: BenchMarket,
): Promise<FlatCase> {
  // Client order ids are unique to an account, and accounts may have been in an earlier case.
  runs += 1;
  const tag = runs;
  const flowOf: FlowOf = (participant, accounts, symbols) =>
    new OrderFlow(`${participant}-c${tag}`, accounts, symbols);
  const load = openLanes(stack, market, { window, isUnary: false }, flowOf);
  const watcher = operatorClient(stack);
  await sleep(warmUpSeconds * 1_000);
  const phase = await measure(
    stack,
    stackPid,
    load.lanes,
    watcher,
    { seconds, intervalSeconds: seconds },
    (to) => {
      for (const lane of load.lanes) lane.enter(to, Math.ceil(window / load.lanes.length));
      return () => undefined;
    },
  );
  await Promise.all(load.lanes.map((lane) => lane.finish()));
  await load.ended;
  for (const client of [...load.clients, watcher]) client.close();
  const orders = Math.max(1, phase.counts.ordersAnswered);
  const sum = (figures: ReadonlyMap<string, number>): number =>
    [...figures.values()].reduce((a, b) => a + b, 0);
  return {
    name,
    ordersPerSecond: Math.round(orders / phase.seconds),
    cpuMicrosPerOrder: Math.round(sum(phase.cpuMicros) / orders),
    answerMsP50: Math.round(phase.answers.getValueAtPercentile(50) / 1_000),
    answerMsP99: Math.round(phase.answers.getValueAtPercentile(99) / 1_000),
    memoryMegabytes: Math.round(sum(phase.memoryBytes) / 2 ** 20),
  };
}

/** Lets so many orders rest, and waits until each is answered. */
async function fill(
  stack: StackDescription,
  market: BenchMarket,
  orders: number,
  say: (line: string) => void,
): Promise<void> {
  runs += 1;
  const tag = runs;
  const flowOf: FlowOf = (participant, accounts, symbols) =>
    new RestingFlow(`${participant}-f${tag}`, accounts, symbols);
  const load = openLanes(stack, market, { window: 0, isUnary: false }, flowOf);
  const phase = newPhase();
  for (const lane of load.lanes) lane.enter(phase, Math.ceil(FILL_WINDOW / load.lanes.length));
  let [before, changedAtMs] = [0, performance.now()];
  while (phase.counts.ordersAnswered < orders) {
    await sleep(FILL_LOOK_MS);
    if (phase.counts.ordersAnswered > before) changedAtMs = performance.now();
    if (performance.now() - changedAtMs > FILL_STALL_MS)
      throw new Error(`no order was answered for ${FILL_STALL_MS} ms; ${before} of ${orders} rest`);
    before = phase.counts.ordersAnswered;
  }
  await Promise.all(load.lanes.map((lane) => lane.finish()));
  await load.ended;
  for (const client of load.clients) client.close();
  const rejected = [...phase.counts.rejected].map(([reason, count]) => `${count} ${reason}`).join(', ');
  say(
    `${phase.counts.ordersAnswered} orders placed to rest${rejected === '' ? '' : `; rejected: ${rejected}`}`,
  );
}

import { setTimeout as sleep } from 'node:timers/promises';
import { unlessAborted } from '@clearway/platform-command';
import { evaluatedInvariants, listVerdict, OrderLoad, until, whenQuiet } from '@clearway/testing';
import { ChaosWorld } from './chaos-world';
import type { Fault } from './faults/fault';
import { FAULTS } from './faults/fault-table';
import { SeededRandom } from './seeded-random';

/** What a run is asked for. */
export interface ChaosWishes {
  readonly seconds: number;
  readonly seed: number;
  /** Orders that each of the participants places every 25 ms. */
  readonly ordersATick: number;
  /** Only kinds of faults whose name contains this; all when left out. */
  readonly only?: string;
  readonly logFile?: string;
  /** Ends the run before its time; everything is closed then, and nothing judged. */
  readonly signal?: AbortSignal;
}

/** One fault that happened. */
export interface FaultRecord {
  readonly name: string;
  readonly what: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** What a run found. */
export interface ChaosResult {
  readonly seed: number;
  readonly faults: readonly FaultRecord[];
  /** Kinds that this machine cannot do, and why. */
  readonly skipped: readonly string[];
  readonly ordersAcknowledged: number;
  readonly cancelsAcknowledged: number;
  /** Acknowledged and not there any more, or not as they were acknowledged, or there twice. */
  readonly lost: readonly string[];
  readonly outages: readonly { readonly startedAtMs: number; readonly lengthMs: number }[];
  /** Exit statuses of services that ended by themselves because of a fault, and how often. */
  readonly endings: Readonly<Record<string, number>>;
  readonly invariants: readonly { readonly name: string; readonly holds: boolean; readonly detail: string }[];
}

const PARTICIPANTS = ['alice', 'bob', 'carol'];
const WARM_UP_ORDERS = 200;
const CALM_MS_MAX = 1_500;
/** Two faults at a time in so many of a hundred cases. */
const TOGETHER_PERCENT = 25;
const REST_TIMEOUT_MS = 120_000;

/** Puts the system under load, lets faults happen for the given time, heals everything, and looks whether anything is missing. */
export async function runChaos(wishes: ChaosWishes, say: (line: string) => void): Promise<ChaosResult> {
  const world = await ChaosWorld.start(PARTICIPANTS, wishes.logFile);
  const load = new OrderLoad(world.cluster, PARTICIPANTS, wishes.seed, wishes.ordersATick);
  try {
    return await unlessAborted(wishes.signal, runUnder(world, load, wishes, say));
  } finally {
    load.abandon();
    await world.close();
  }
}

async function runUnder(
  world: ChaosWorld,
  load: OrderLoad,
  wishes: ChaosWishes,
  say: (line: string) => void,
): Promise<ChaosResult> {
  await until('the load to run', () => load.answered > WARM_UP_ORDERS, { timeoutMs: REST_TIMEOUT_MS });
  const skipped = FAULTS.flatMap((fault) => {
    const why = fault.impossible?.(world);
    return why === undefined ? [] : [`${fault.name}: ${why}`];
  });
  for (const line of skipped) say(`cannot happen here: ${line}`);
  const faults = await troubles(world, wishes, say);
  say('healing, and waiting for rest');
  await world.heal();
  await load.settle();
  const { outages } = load;
  await whenQuiet(world.cluster.operator, REST_TIMEOUT_MS);
  const endings = Object.fromEntries(world.services.endings);
  return { seed: wishes.seed, faults, skipped, outages, endings, ...(await judge(world, load)) };
}

async function troubles(
  world: ChaosWorld,
  { seconds, seed, only = '' }: ChaosWishes,
  say: (line: string) => void,
): Promise<FaultRecord[]> {
  const random = new SeededRandom(seed);
  const records: FaultRecord[] = [];
  const endMs = performance.now() + seconds * 1_000;
  const possible = FAULTS.filter((fault) => fault.name.includes(only) && !fault.impossible?.(world));
  if (possible.length === 0) throw new Error(`no fault with "${only}" in its name can happen here`);
  let deck: Fault[] = [];
  const next = (): Fault => {
    if (deck.length === 0) deck = random.shuffled(possible);
    return deck.pop() as Fault;
  };
  const one = async (fault: Fault): Promise<void> => {
    const startedAtMs = performance.now();
    const what = await fault.happen(world, random);
    records.push({ name: fault.name, what, startedAtMs, endedAtMs: performance.now() });
    say(`${records.length}. ${what}`);
  };
  while (performance.now() < endMs) {
    const together = random.percent(TOGETHER_PERCENT) ? [next(), next()] : [next()];
    await Promise.all(together.map(one));
    await sleep(random.whole(0, CALM_MS_MAX));
  }
  return records;
}

async function judge(world: ChaosWorld, load: OrderLoad) {
  const lost: string[] = [];
  for (const [participant, lane] of load.lanes) {
    const verdict = await listVerdict(world.cluster.operator, participant, lane);
    const twice = verdict.doubled.map((clOrdId) => `${clOrdId}: is there twice`);
    lost.push(...verdict.lost, ...twice, ...lane.errors);
  }
  const results = await evaluatedInvariants(world.cluster, REST_TIMEOUT_MS);
  const cancels = [...load.lanes.values()].map(({ cancelsAcknowledged }) => cancelsAcknowledged);
  return {
    ordersAcknowledged: load.answered,
    cancelsAcknowledged: cancels.reduce((sum, each) => sum + each, 0),
    lost,
    invariants: results.map(({ name, holds, detail }) => ({ name, holds, detail: String(detail) })),
  };
}

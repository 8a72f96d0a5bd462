import { setTimeout as sleep } from 'node:timers/promises';
import type { StackDescription, Usage } from '@clearway/platform-stack';
import type { Histogram } from 'hdr-histogram-js';
import type { BenchArguments } from './bench-arguments';
import {
  COMMANDS_PER_ORDER,
  checkInvariants,
  openLanes,
  operatorClient,
  SILENT,
  sendAtRate,
  type TradingClient,
  usage,
} from './bench-load';
import { type GrowthPoint, GrowthRecorder } from './growth';
import { type JournalUsage, journalUsage } from './journal-usage';
import { type LoadCounts, type LoadLane, type LoadPhase, newHistogram, newPhase } from './load-lane';
import { prepareMarket } from './market';
import { probeSettlement } from './settlement-probe';

/** What one phase measured. */
export interface PhaseResult {
  readonly seconds: number;
  readonly counts: LoadCounts;
  readonly answers: Histogram;
  readonly settled: Histogram;
  /** Differences over the phase, by process. */
  readonly cpuMicros: ReadonlyMap<string, number>;
  readonly memoryBytes: ReadonlyMap<string, number>;
  readonly journals: ReadonlyMap<string, JournalUsage>;
  /** How it went over time, an interval a point. */
  readonly growth: readonly GrowthPoint[];
}

/** What a run measured, and whether it counts. */
export interface BenchResult {
  readonly full: PhaseResult;
  readonly half: PhaseResult;
  /** How long audit and the read models took to catch up with the full load, seconds. */
  readonly catchUpSeconds: number;
  readonly invariants: Readonly<Record<string, boolean>>;
}

/** Runs both phases on a stack and checks it afterwards. `say` tells a person how far it is. */
export async function runBench(
  stack: StackDescription,
  stackPid: number,
  wishes: BenchArguments,
  say: (line: string) => void,
): Promise<BenchResult> {
  const run = Date.now().toString(36);
  const market = await prepareMarket(stack, { ...wishes, run }, SILENT);
  say(`${market.symbols.length} instruments, ${wishes.accounts} accounts ready`);
  const load = openLanes(stack, market, wishes);
  const watcher = operatorClient(stack);
  await sleep(wishes.warmUpSeconds * 1_000);
  const full = await measure(stack, stackPid, load.lanes, watcher, wishes, (phase) => {
    for (const stream of load.lanes) stream.enter(phase, Math.ceil(wishes.window / load.lanes.length));
    return () => undefined;
  });
  const ordersPerSecond = full.counts.ordersAnswered / full.seconds;
  const catchUpSeconds = await rest(stack, load.lanes);
  say(`full load: ${Math.round(ordersPerSecond)} orders/s, caught up in ${catchUpSeconds} s; now half of it`);
  const half = await measure(stack, stackPid, load.lanes, watcher, wishes, (phase) => {
    for (const stream of load.lanes) stream.enter(phase, 0);
    return sendAtRate(load.lanes, (ordersPerSecond / 2) * COMMANDS_PER_ORDER);
  });
  await Promise.all(load.lanes.map((stream) => stream.finish()));
  await load.ended;
  say('waiting for rest, then checking invariants');
  const invariants = await checkInvariants(stack);
  for (const client of [...load.clients, watcher]) client.close();
  return { full, half, catchUpSeconds, invariants };
}

/** Measures one phase: `begin` puts the lanes to work and gives what ends that. */
export async function measure(
  stack: StackDescription,
  stackPid: number,
  streams: readonly LoadLane[],
  watcher: TradingClient,
  { seconds, intervalSeconds }: Pick<BenchArguments, 'seconds' | 'intervalSeconds'>,
  begin: (phase: LoadPhase) => () => void,
): Promise<PhaseResult> {
  const phase = newPhase();
  const settled = newHistogram();
  const journalsBefore = await journalsOf(stack);
  const before = usage(stackPid);
  const startedAtMs = performance.now();
  const stop = begin(phase);
  const growth = new GrowthRecorder(phase, intervalSeconds, stack.postgres, () => usage(stackPid));
  const over = new AbortController();
  const probing = probeSettlement(watcher, streams, settled, over.signal);
  await sleep(seconds * 1_000);
  const elapsedSeconds = (performance.now() - startedAtMs) / 1_000;
  const counts = copyOf(phase.counts);
  const after = usage(stackPid);
  stop();
  over.abort();
  await probing;
  const points = await growth.stop();
  return {
    seconds: elapsedSeconds,
    counts,
    answers: phase.answers,
    settled,
    cpuMicros: differences(before, after, (each) => each.cpuMicros),
    memoryBytes: new Map([...after].map(([name, { memoryBytes }]) => [name, memoryBytes])),
    journals: journalDifferences(journalsBefore, await journalsOf(stack)),
    growth: points,
  };
}

/** What is behind at full load would take the processor from half of it: waits until nothing is. Gives the seconds. */
async function rest(stack: StackDescription, streams: readonly LoadLane[]): Promise<number> {
  const startedAtMs = performance.now();
  const phase = newPhase();
  for (const stream of streams) stream.enter(phase, 0);
  await checkInvariants(stack);
  return Math.round((performance.now() - startedAtMs) / 100) / 10;
}

function copyOf(counts: LoadCounts): LoadCounts {
  return { ...counts, rejected: new Map(counts.rejected), errors: new Map(counts.errors) };
}

function differences(
  before: ReadonlyMap<string, Usage>,
  after: ReadonlyMap<string, Usage>,
  pick: (usage: Usage) => number,
): ReadonlyMap<string, number> {
  return new Map(
    [...after].map(([name, now]) => [
      name,
      pick(now) - (before.has(name) ? pick(before.get(name) as Usage) : 0),
    ]),
  );
}

async function journalsOf(stack: StackDescription): Promise<ReadonlyMap<string, JournalUsage>> {
  return stack.postgres === undefined ? new Map() : journalUsage(stack.postgres);
}

function journalDifferences(
  before: ReadonlyMap<string, JournalUsage>,
  after: ReadonlyMap<string, JournalUsage>,
): ReadonlyMap<string, JournalUsage> {
  const none = { commits: 0, events: 0, payloadBytes: 0, databaseBytes: 0 };
  return new Map(
    [...after].map(([name, now]) => {
      const then = before.get(name) ?? none;
      return [
        name,
        {
          commits: now.commits - then.commits,
          events: now.events - then.events,
          payloadBytes: now.payloadBytes - then.payloadBytes,
          databaseBytes: now.databaseBytes - then.databaseBytes,
        },
      ];
    }),
  );
}

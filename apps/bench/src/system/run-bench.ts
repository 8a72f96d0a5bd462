import { setTimeout as sleep } from 'node:timers/promises';
import { trading } from '@clearway/contracts';
import { openReconciliationClients, reconcile } from '@clearway/platform-reconciliation';
import { createRpcClient, type RpcClient, type RpcLog } from '@clearway/platform-rpc';
import {
  operatorTls,
  participantTls,
  type StackDescription,
  type Usage,
  usageOf,
} from '@clearway/platform-stack';
import type { Histogram } from 'hdr-histogram-js';
import type { BenchArguments } from './bench-arguments';
import { type GrowthPoint, GrowthRecorder } from './growth';
import { type JournalUsage, journalUsage } from './journal-usage';
import { type LoadCounts, type LoadLane, type LoadPhase, newHistogram, newPhase } from './load-lane';
import { LoadStream } from './load-stream';
import { type BenchMarket, prepareMarket } from './market';
import { OrderFlow } from './order-flow';
import { probeSettlement } from './settlement-probe';
import { UnaryLane } from './unary-lane';

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

const SILENT: RpcLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
const RATE_TICK_MS = 10;
const REST_TIMEOUT_MS = 120_000;
/** Orders among four commands and the cancel that follows two of them, about. */
const COMMANDS_PER_ORDER = 1.5;

type Client = RpcClient<typeof trading.TradingServiceService>;

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
  const full = await measure(stack, stackPid, load.streams, watcher, wishes, (phase) => {
    for (const stream of load.streams) stream.enter(phase, Math.ceil(wishes.window / load.streams.length));
    return () => undefined;
  });
  const ordersPerSecond = full.counts.ordersAnswered / full.seconds;
  const catchUpSeconds = await rest(stack, load.streams);
  say(`full load: ${Math.round(ordersPerSecond)} orders/s, caught up in ${catchUpSeconds} s; now half of it`);
  const half = await measure(stack, stackPid, load.streams, watcher, wishes, (phase) => {
    for (const stream of load.streams) stream.enter(phase, 0);
    return sendAtRate(load.streams, (ordersPerSecond / 2) * COMMANDS_PER_ORDER);
  });
  await Promise.all(load.streams.map((stream) => stream.finish()));
  await load.ended;
  say('waiting for rest, then checking invariants');
  const invariants = await checkInvariants(stack);
  for (const client of [...load.clients, watcher]) client.close();
  return { full, half, catchUpSeconds, invariants };
}

function openLanes(stack: StackDescription, market: BenchMarket, { window, isUnary }: BenchArguments) {
  const phase = newPhase();
  const clients: Client[] = [];
  const Lane = isUnary ? UnaryLane : LoadStream;
  const streams = [...market.accounts].map(([participant, accounts]): LoadLane => {
    const tls = participantTls(stack, participant);
    const options = { address: stack.services.trading, tls, expect: 'svc/trading' as const, log: SILENT };
    const client = createRpcClient(trading.TradingServiceClient, options);
    clients.push(client);
    const flow = new OrderFlow(participant, accounts, market.symbols);
    return new Lane(client, flow, phase, Math.ceil(window / market.accounts.size));
  });
  const ended = Promise.all(streams.map((stream) => stream.run()));
  for (const stream of streams) stream.enter(phase, Math.ceil(window / streams.length));
  return { streams, clients, ended };
}

function operatorClient(stack: StackDescription): Client {
  const options = {
    address: stack.services.trading,
    tls: operatorTls(stack),
    expect: 'svc/trading' as const,
    log: SILENT,
  };
  return createRpcClient(trading.TradingServiceClient, options);
}

async function measure(
  stack: StackDescription,
  stackPid: number,
  streams: readonly LoadLane[],
  watcher: Client,
  { seconds, intervalSeconds }: BenchArguments,
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

/** The load generator's own process counts as one of them; those of somebody else's stack (process 0) are not known. */
function usage(stackPid: number): Map<string, Usage> {
  const { user, system } = process.cpuUsage();
  const own = { cpuMicros: user + system, memoryBytes: process.memoryUsage.rss() };
  const others = stackPid === 0 ? [] : usageOf(stackPid);
  return new Map([...others, ['load-generator', own]]);
}

function sendAtRate(streams: readonly LoadLane[], commandsPerSecond: number): () => void {
  const startedAtMs = performance.now();
  let sent = 0;
  let turn = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAtMs) / 1_000) * commandsPerSecond);
    const stream = streams[turn++ % streams.length];
    if (stream && due > sent) stream.send(due - sent);
    sent = Math.max(sent, due);
  }, RATE_TICK_MS);
  return () => clearInterval(timer);
}

/** What is behind at full load would take the processor from half of it: waits until nothing is. Gives the seconds. */
async function rest(stack: StackDescription, streams: readonly LoadLane[]): Promise<number> {
  const startedAtMs = performance.now();
  const phase = newPhase();
  for (const stream of streams) stream.enter(phase, 0);
  await checkInvariants(stack);
  return Math.round((performance.now() - startedAtMs) / 100) / 10;
}

async function checkInvariants(stack: StackDescription): Promise<Record<string, boolean>> {
  const clients = openReconciliationClients({
    addresses: stack.services,
    tls: operatorTls(stack),
    log: SILENT,
  });
  const { results } = await reconcile(clients, { restTimeoutMs: REST_TIMEOUT_MS });
  clients.close();
  return Object.fromEntries(results.map(({ name, holds }) => [name, holds]));
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

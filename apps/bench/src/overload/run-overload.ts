import { setTimeout as sleep } from 'node:timers/promises';
import type { StackDescription } from '@clearway/platform-stack';
import {
  COMMANDS_PER_ORDER,
  checkInvariants,
  type OpenLanes,
  openLanes,
  operatorClient,
  SILENT,
  sendAtRate,
  type TradingClient,
  usage,
} from '../system/bench-load';
import type { LoadPhase } from '../system/load-lane';
import { prepareMarket } from '../system/market';
import { type OverloadTally, overloadPhase } from './overload-phase';

/** What a run is asked for. */
export interface OverloadWishes {
  /** Measured time of each phase. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** How many times the peak is sent. */
  readonly factor: number;
  /** What an answer may take to count. */
  readonly deadlineMs: number;
  readonly accounts: number;
  readonly instruments: number;
  readonly window: number;
}

/** What one phase came to. */
export interface OverloadPhaseResult {
  readonly seconds: number;
  readonly tally: OverloadTally;
  readonly answerMsP50: number;
  readonly answerMsP99: number;
  /** Largest resident memory of each process in the phase. */
  readonly memoryBytesMax: ReadonlyMap<string, number>;
  /** CPU time of each process over the phase. */
  readonly cpuMicros: ReadonlyMap<string, number>;
}

/** What a run found. */
export interface OverloadResult {
  readonly peak: OverloadPhaseResult;
  readonly overload: OverloadPhaseResult;
  /**
   * Seconds after the overload until, at half of the peak, nothing was refused and the median answer was no slower than at the
   * peak; undefined: never.
   */
  readonly recoveredSeconds: number | undefined;
  /** Accepted orders that were looked up, and those of them that were not there. */
  readonly lookedUp: number;
  readonly missing: readonly string[];
  readonly invariants: Readonly<Record<string, boolean>>;
}

const MEMORY_LOOK_MS = 500;
const RECOVERY_STEP_MS = 1_000;
const RECOVERY_SECONDS_MAX = 60;
const LOOK_UPS_MAX = 10_000;
const LOOK_UPS_AT_ONCE = 64;

/** Finds the peak, sends a multiple of it, and looks how the system takes that and how it comes back. */
export async function runOverload(
  stack: StackDescription,
  stackPid: number,
  wishes: OverloadWishes,
  say: (line: string) => void,
): Promise<OverloadResult> {
  const run = Date.now().toString(36);
  const market = await prepareMarket(stack, { ...wishes, run }, SILENT);
  const load = openLanes(stack, market, { window: wishes.window, isUnary: false });
  const watcher = operatorClient(stack);
  await sleep(wishes.warmUpSeconds * 1_000);
  const peak = await measurePeak(load, stackPid, wishes);
  const peakPerSecond = peak.tally.inTime / peak.seconds;
  say(`peak: ${Math.round(peakPerSecond)} orders/s; now ${wishes.factor} times that`);
  const overload = await measureOverload(load, stackPid, wishes, peakPerSecond);
  say(`goodput ${Math.round(overload.tally.inTime / overload.seconds)} orders/s; now half of the peak`);
  const recoveredSeconds = await recovery(load, wishes, peakPerSecond, peak.answerMsP50);
  await Promise.all(load.lanes.map((lane) => lane.finish()));
  await load.ended;
  say('looking up what was accepted, and checking invariants');
  const accepted = sample([...peak.tally.accepted, ...overload.tally.accepted]);
  const invariants = await checkInvariants(stack);
  const missing = await missingOf(watcher, accepted);
  for (const client of [...load.clients, watcher]) client.close();
  return { peak, overload, recoveredSeconds, lookedUp: accepted.length, missing, invariants };
}

async function measurePeak(
  load: OpenLanes,
  stackPid: number,
  { seconds, deadlineMs, window }: OverloadWishes,
): Promise<OverloadPhaseResult> {
  return measurePhase(stackPid, seconds, deadlineMs, (phase) => {
    for (const lane of load.lanes) lane.enter(phase, Math.ceil(window / load.lanes.length));
    return () => undefined;
  });
}

async function measureOverload(
  load: OpenLanes,
  stackPid: number,
  { seconds, deadlineMs, factor }: OverloadWishes,
  peakPerSecond: number,
): Promise<OverloadPhaseResult> {
  return measurePhase(stackPid, seconds, deadlineMs, (phase) => {
    for (const lane of load.lanes) lane.enter(phase, 0);
    return sendAtRate(load.lanes, peakPerSecond * COMMANDS_PER_ORDER * factor);
  });
}

async function measurePhase(
  stackPid: number,
  seconds: number,
  deadlineMs: number,
  begin: (phase: LoadPhase) => () => void,
): Promise<OverloadPhaseResult> {
  const { phase, tally } = overloadPhase(deadlineMs);
  const memoryBytesMax = new Map<string, number>();
  const look = setInterval(() => noteMemory(stackPid, memoryBytesMax), MEMORY_LOOK_MS);
  const before = usage(stackPid);
  const startedAtMs = performance.now();
  const stop = begin(phase);
  await sleep(seconds * 1_000);
  const cpuMicros = new Map(
    [...usage(stackPid)].map(([name, now]) => [name, now.cpuMicros - (before.get(name)?.cpuMicros ?? 0)]),
  );
  stop();
  clearInterval(look);
  const elapsed = (performance.now() - startedAtMs) / 1_000;
  // What is answered later belongs to this phase too, but does not change its figures any more.
  const copy = { ...tally, otherRefusals: new Map(tally.otherRefusals), accepted: tally.accepted };
  return {
    seconds: elapsed,
    tally: copy,
    answerMsP50: phase.answers.getValueAtPercentile(50) / 1_000,
    answerMsP99: phase.answers.getValueAtPercentile(99) / 1_000,
    memoryBytesMax,
    cpuMicros,
  };
}

function noteMemory(stackPid: number, max: Map<string, number>): void {
  for (const [name, { memoryBytes }] of usage(stackPid))
    max.set(name, Math.max(max.get(name) ?? 0, memoryBytes));
}

async function recovery(
  load: OpenLanes,
  { deadlineMs }: OverloadWishes,
  peakPerSecond: number,
  normalMs: number,
): Promise<number | undefined> {
  const startedAtMs = performance.now();
  const stop = sendAtRate(load.lanes, (peakPerSecond / 2) * COMMANDS_PER_ORDER);
  try {
    while (performance.now() - startedAtMs < RECOVERY_SECONDS_MAX * 1_000) {
      const { phase, tally } = overloadPhase(deadlineMs);
      for (const lane of load.lanes) lane.enter(phase, 0);
      await sleep(RECOVERY_STEP_MS);
      const isNormal = tally.refused + tally.late + tally.expired === 0 && tally.inTime > 0;
      if (isNormal && phase.answers.getValueAtPercentile(50) / 1_000 <= normalMs)
        return Math.round((performance.now() - startedAtMs) / 1_000);
    }
    return undefined;
  } finally {
    stop();
  }
}

/** At most so many, spread over all. */
function sample(ids: readonly string[]): string[] {
  const step = Math.max(1, Math.ceil(ids.length / LOOK_UPS_MAX));
  return ids.filter((_, index) => index % step === 0);
}

async function missingOf(client: TradingClient, ids: readonly string[]): Promise<string[]> {
  const left = [...ids];
  const missing: string[] = [];
  const look = async (): Promise<void> => {
    for (let orderId = left.pop(); orderId !== undefined; orderId = left.pop()) {
      const asked = { orderId, account: '', clOrdId: '' };
      const found = await client.call('getOrderStatus', asked, { idempotent: true, timeoutMs: 30_000 });
      if (found.order?.orderId !== orderId) missing.push(orderId);
    }
  };
  await Promise.all(Array.from({ length: LOOK_UPS_AT_ONCE }, look));
  return missing;
}

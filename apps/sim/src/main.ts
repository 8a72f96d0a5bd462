import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type CommandRun, runCommand, UsageError } from '@clearway/platform-command';
import { parseArguments, type SimArguments, USAGE } from './arguments';
import { REGRESSIONS } from './regressions';
import { failureText, Summary } from './report';
import type { SeedTask } from './seed-worker';
import type { SeedResult } from './simulation';

/** A seed that takes longer than this hangs in one step: that is a finding too. */
const SEED_TIMEOUT_MS = 60_000;

/** What came of a seed that never ended. */
const NOTHING = {
  steps: 0,
  faults: 0,
  orders: 0,
  trades: 0,
  auctions: 0,
  longAuctions: 0,
  interruptions: 0,
  expired: 0,
};

async function main({ args }: CommandRun): Promise<number> {
  const parsed = parseArguments(args);
  if (!parsed.ok) throw new UsageError(parsed.problem);
  const summary = new Summary();
  const tasks = tasksOf(parsed.value);
  const threads = Math.min(availableParallelism(), tasks.length);
  await Promise.all(Array.from({ length: threads }, () => work(tasks, summary)));
  process.stdout.write(`${summary.text()}\n`);
  if (parsed.value.isJson) process.stdout.write(`${summary.json()}\n`);
  return summary.failures === 0 ? 0 : 1;
}

/** Seeds that once failed run first, unless one seed is asked for. */
function tasksOf({ firstSeed, seeds, steps }: SimArguments): SeedTask[] {
  const asked = Array.from({ length: seeds }, (_, index) => ({ seed: firstSeed + index, steps }));
  return seeds === 1 ? asked : [...REGRESSIONS, ...asked];
}

/** One thread: it takes the next task until none is left. */
async function work(tasks: SeedTask[], summary: Summary): Promise<void> {
  let worker: Worker | undefined;
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    worker ??= new Worker(join(__dirname, 'seed-worker.js'));
    const result = await ask(worker, task);
    summary.add(result);
    if (result.failure) process.stdout.write(failureText(result, task.steps));
    if (result.steps > 0) continue;
    await worker.terminate();
    worker = undefined;
  }
  await worker?.terminate();
}

/** Runs one task; a worker that dies or hangs fails the seed, with no steps to show. */
function ask(worker: Worker, task: SeedTask): Promise<SeedResult> {
  return new Promise((resolve) => {
    const finish = (result: SeedResult): void => {
      clearTimeout(timer);
      worker.off('message', finish);
      worker.off('error', onError);
      resolve(result);
    };
    const fail = (detail: string): void => {
      const failure = { invariant: 'the-simulation-ends', detail, trace: [] };
      finish({ ...NOTHING, seed: task.seed, failure });
    };
    const onError = (error: Error): void => fail(String(error.stack));
    const timer = setTimeout(() => fail(`no result after ${SEED_TIMEOUT_MS} ms`), SEED_TIMEOUT_MS);
    worker.on('error', onError);
    worker.on('message', finish);
    worker.postMessage(task);
  });
}

runCommand({ name: 'sim', usage: USAGE, run: main });

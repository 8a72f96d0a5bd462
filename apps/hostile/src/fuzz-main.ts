import { parseArgs } from 'node:util';
import {
  type CommandRun,
  positiveNumber,
  runCommand,
  unlessAborted,
  wholeNumber,
} from '@clearway/platform-command';
import { type FuzzReport, runFuzz } from './fuzz/run-fuzz';
import { startTarget } from './surface/market';

const USAGE = `Usage: npm run fuzz -- [options]

Sends random requests and connections of random bytes to the four services, and says which of them were not refused as they should be.
Exit status 1 when one was not.

  --minutes M  how long (default 1; fractions count)
  --seed S     repeats the requests of another run
  --json       one object instead
`;
const MINUTES_MAX = 1_440;
const SEED_LIMIT = 1_000_000_000;
const MINUTES_DEFAULT = '1';
const MIB = 2 ** 20;

/** Starts the four services on a database of their own, fuzzes them and says what was found. Ends with 1 if anything was. */
async function main({ args, signal }: CommandRun): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const minutes = positiveNumber('--minutes', values.minutes ?? MINUTES_DEFAULT, MINUTES_MAX);
  const seed = wholeNumber('--seed', values.seed ?? String(Date.now() % SEED_LIMIT), {
    min: 0,
    max: SEED_LIMIT,
  });
  const cluster = await startTarget();
  try {
    const report = await unlessAborted(signal, runFuzz(cluster, { minutes, seed }));
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : inWords(report));
    return report.faults.length === 0 ? 0 : 1;
  } finally {
    await cluster.close();
  }
}

function inWords({ seed, requests, sockets, statuses, faults, memoryGrownBytes }: FuzzReport): string {
  const answers = Object.entries(statuses).sort(([, a], [, b]) => b - a);
  return [
    `seed ${seed}: ${requests} requests and ${sockets} connections of random bytes`,
    ...answers.map(([status, count]) => `  ${status.padEnd(20)} ${count}`),
    `memory of the four services: ${Math.round(memoryGrownBytes / MIB)} MiB more`,
    faults.length === 0 ? 'no fault found' : `${faults.length} faults:`,
    ...faults.map((fault) => `  ${fault}`),
    '',
  ].join('\n');
}

runCommand({ name: 'fuzz', usage: USAGE, run: main });

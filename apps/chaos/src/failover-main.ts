/** `npm run failover`: every service with a standby, owners killed and stopped under load, and how long each take-over takes. */
import { parseArgs } from 'node:util';
import { type CommandRun, runCommand, wholeNumber } from '@clearway/platform-command';
import { SERVICES } from '@clearway/testing';
import type { FailOver } from './fail-over';
import { type FailOverResult, runFailOvers } from './run-fail-overs';

const USAGE = `Usage: npm run failover -- [options]

Starts the four services with a standby each, and under load loses owners one after the other: killed with -9, or stopped until their
standby serves and then continued. Prints how long it took until the standby had the lease, until it served, and the longest time
without an answered order; then looks for every acknowledged order and evaluates every invariant.

  --times N        fail-overs (default 16: each service twice killed, twice stopped)
  --log-file FILE  append every line of every process
  --json           one object on the last line
`;

/** What a fail-over may take at most. */
const DETECTED_MS_MAX = 3_000;
const SERVING_MS_MAX = 5_000;
const TIMES_DEFAULT = '16';
const TIMES_MAX = 1_000;

async function main({ args, signal }: CommandRun): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      times: { type: 'string', default: TIMES_DEFAULT },
      'log-file': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const times = wholeNumber('--times', values.times, { max: TIMES_MAX });
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const result = await runFailOvers(times, SERVICES, say, values['log-file'], signal);
  process.stdout.write(`${table(result)}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  const problems = problemsOf(result);
  for (const problem of problems) say(problem);
  return problems.length === 0 ? 0 : 1;
}

function problemsOf({ failOvers, lost, unfencedBatches, invariants }: FailOverResult): string[] {
  const slow = failOvers.filter(
    ({ detectedMs, servingMs }) => detectedMs >= DETECTED_MS_MAX || servingMs >= SERVING_MS_MAX,
  );
  const broken = Object.entries(invariants).filter(([, holds]) => !holds);
  return [
    ...slow.map(({ from, detectedMs, servingMs }) => `too slow: ${from}, ${detectedMs} and ${servingMs} ms`),
    ...lost.map((line) => `lost: ${line}`),
    ...(unfencedBatches === 0 ? [] : [`${unfencedBatches} batches of owners that had been replaced`]),
    ...broken.map(([name]) => `the invariant ${name} does not hold`),
  ];
}

function table({
  failOvers,
  ordersAcknowledged,
  cancelsAcknowledged,
  lost,
  unfencedBatches,
  invariants,
}: FailOverResult): string {
  const row = (name: string, pick: (done: FailOver) => number | undefined): string => {
    const all = failOvers.map(pick).filter((ms) => ms !== undefined);
    const sorted = all.sort((a, b) => a - b);
    const p50 = sorted[Math.floor((sorted.length - 1) / 2)] ?? '–';
    return `${name.padEnd(34)} P50 ${p50} ms   max ${sorted.at(-1) ?? '–'} ms`;
  };
  const held = Object.values(invariants).filter((holds) => holds).length;
  return [
    `${failOvers.length} fail-overs`,
    row('the standby had the lease after', ({ detectedMs }) => detectedMs),
    row('it served after', ({ servingMs }) => servingMs),
    row('no order was answered for', ({ outageMs }) => outageMs),
    row('a continued owner was fenced after', ({ fencedMs }) => fencedMs),
    `acknowledged: ${ordersAcknowledged} orders, ${cancelsAcknowledged} cancels; lost: ${lost.length}; ` +
      `batches of replaced owners: ${unfencedBatches}; invariants: ${held} of ${Object.keys(invariants).length} hold`,
  ].join('\n');
}

runCommand({ name: 'failover', usage: USAGE, run: main });

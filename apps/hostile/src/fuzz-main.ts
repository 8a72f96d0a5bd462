import { parseArgs } from 'node:util';
import { type FuzzReport, runFuzz } from './fuzz/run-fuzz';
import { startTarget } from './surface/market';

const USAGE = 'npm run fuzz -- [--minutes M] [--seed S] [--json]\n';
const MINUTES_DEFAULT = '1';
const MIB = 2 ** 20;

/** Starts the four services on a database of their own, fuzzes them and says what was found. Ends with 1 if anything was. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const minutes = Number(values.minutes ?? MINUTES_DEFAULT);
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  if (values.help || !(minutes > 0) || !Number.isSafeInteger(seed)) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 64;
  }
  const cluster = await startTarget();
  try {
    const report = await runFuzz(cluster, { minutes, seed });
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

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type CommandRun, runCommand, wholeNumber } from '@clearway/platform-command';
import { measureSealing, measureTree, type Rate } from './sealing';
import { sourceBatches } from './source-batches';
import { measureWithPostgres } from './with-postgres';

const USAGE = `Usage: npm run bench:audit [-- options]

Measures how many leaves audit seals: cutting source batches, hashing leaves and growing the tree on one core; then with its
journal, and what its read model takes, on a Postgres of its own.

  --leaves N        leaves to seal without a database, default 1000000
  --rows N          leaves to put into journal and read model, default 100000; 0 leaves the database out
  --json            print one JSON object
`;

const LEAVES_MAX = 100_000_000;

interface Figures {
  readonly machine: string;
  readonly node: string;
  /** Source batch in, leaf hashes and tree out: what one core does. */
  readonly sealing: Rate;
  readonly treeAlone: Rate;
  readonly journal?: Rate;
  readonly readModel?: Rate;
}

async function main({ args, signal }: CommandRun): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      leaves: { type: 'string', default: '1000000' },
      rows: { type: 'string', default: '100000' },
      json: { type: 'boolean', default: false },
    },
  });
  const leaves = wholeNumber('--leaves', values.leaves, { max: LEAVES_MAX });
  const rows = wholeNumber('--rows', values.rows, { min: 0, max: LEAVES_MAX });
  const figures = await measure(leaves, rows, signal);
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : table(figures));
  return 0;
}

async function measure(leaves: number, rows: number, signal: AbortSignal): Promise<Figures> {
  const batches = sourceBatches(leaves);
  // Once to warm up: a service that seals has been compiled long since.
  measureSealing(batches.slice(0, Math.ceil(batches.length / 10)));
  const sealing = measureSealing(batches);
  const treeAlone = measureTree(leaves);
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`;
  const alone = { machine, node: process.version, sealing, treeAlone };
  return rows === 0 ? alone : { ...alone, ...(await measureWithPostgres(sourceBatches(rows), signal)) };
}

function table({ machine, node, sealing, treeAlone, journal, readModel }: Figures): string {
  const row = (name: string, rate: Rate | undefined): string[] =>
    rate === undefined
      ? []
      : [
          `${name.padEnd(46)}${rate.leavesPerSecond.toLocaleString('en').padStart(12)} leaves/s` +
            `${rate.cpuMicrosALeaf.toFixed(2).padStart(8)} µs of CPU a leaf`,
        ];
  return [
    `${machine}, Node ${node}`,
    ...row('sealing (checksum, cut, hash, tree), one core', sealing),
    ...row('  of which the tree alone', treeAlone),
    ...row('durable in the journal', journal),
    ...row('searchable and provable (read model)', readModel),
    '',
  ].join('\n');
}

runCommand({ name: 'bench:audit', usage: USAGE, run: main });

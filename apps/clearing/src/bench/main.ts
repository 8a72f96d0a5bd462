import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type CommandRun, runCommand, wholeNumber } from '@clearway/platform-command';
import { type LedgerFigures, measureLedger } from './measure-ledger';

const USAGE = `Usage: npm run bench:ledger [-- options]

Postings a second of clearing's double-entry ledger: its machine behind its journal on a Postgres of its own, fsync on, both legs of
each trade checked, posted and made durable before they are answered. No network and no read model: what the ledger itself
carries. Debits must equal credits at the end, or the run is void.

  --seconds S    measured time (default 10)
  --accounts N   accounts that trade (default 1000)
  --trades N     trades a command, as trading's calls bring them (default 50)
  --window N     commands unanswered at a time (default 16)
  --json         one object on the last line
`;

async function main({ args, signal }: CommandRun): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '10' },
      accounts: { type: 'string', default: '1000' },
      trades: { type: 'string', default: '50' },
      window: { type: 'string', default: '16' },
      json: { type: 'boolean', default: false },
    },
  });
  const figures = await measureLedger({
    signal,
    seconds: wholeNumber('--seconds', values.seconds, { max: 600 }),
    accounts: wholeNumber('--accounts', values.accounts, { min: 2, max: 100_000 }),
    tradesPerCommand: wholeNumber('--trades', values.trades, { max: 1_000 }),
    window: wholeNumber('--window', values.window, { max: 1_000 }),
  });
  process.stdout.write(table(figures));
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  const broken = Object.entries(figures.invariants).filter(([, holds]) => !holds);
  for (const [name] of broken) process.stderr.write(`void: the invariant ${name} does not hold\n`);
  return broken.length === 0 ? 0 : 1;
}

function table(figures: LedgerFigures): string {
  const { cpuMicrosPerPosting: cpu } = figures;
  const held = Object.values(figures.invariants).filter((holds) => holds).length;
  return [
    `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}`,
    `durable postings/s      ${figures.postingsPerSecond.toLocaleString('en')}   (${figures.legsPerSecond.toLocaleString('en')} legs/s, answered after fsync)`,
    `postings a commit       ${figures.postingsPerCommit}   (${figures.commitsPerSecond} commits/s, ${figures.commitMsAvg} ms each)`,
    `journal bytes a posting ${figures.journalBytesPerPosting}`,
    `CPU µs a posting        ${cpu.total}   (ledger ${cpu.ledger}, Postgres ${cpu.postgres})`,
    `on one core for both    ${figures.postingsPerSecondOfOneCore.toLocaleString('en')} postings/s`,
    `invariants              ${held} of ${Object.keys(figures.invariants).length} hold`,
    '',
  ].join('\n');
}

runCommand({ name: 'bench:ledger', usage: USAGE, run: main });

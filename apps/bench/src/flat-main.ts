/** `npm run bench:flat`: the same load over ever more instruments, accounts and resting orders, and a start after all of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readStackFile, startOwnStack } from '@clearway/platform-stack';
import { type FlatCase, type FlatWishes, lineOf, runFlat } from './flat/run-flat';

const USAGE = `Usage: npm run bench:flat -- [options]

What an order costs must not grow with what there is: orders a second and CPU microseconds an order over 1, 10 and 100 instruments, over
1,000 and 100,000 accounts, and before and after a million orders have come to rest, all on one stack; then the stack is stopped and
started again on its data, from snapshot and journal, and timed until it serves.

  --seconds S        measured time of each case (default 20)
  --warm-up S        unmeasured time before each (default 3)
  --window N         unanswered commands (default 1000)
  --instruments LIST (default 1,10,100)
  --accounts LIST    (default 1000,100000)
  --resting N        (default 1000000)
  --json             one object on the last line
`;

const CHECKOUT = join(__dirname, '..', '..', '..');
const COUNT_MAX = 2_000_000;

/** What the command prints. */
interface FlatReport {
  readonly cases: readonly FlatCase[];
  /** From the start of the stack's program, Postgres included, until every service serves. */
  readonly restartSeconds: number;
}

function readArguments(): { readonly wishes: FlatWishes; readonly json: boolean } | undefined {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '20' },
      'warm-up': { type: 'string', default: '3' },
      window: { type: 'string', default: '1000' },
      instruments: { type: 'string', default: '1,10,100' },
      accounts: { type: 'string', default: '1000,100000' },
      resting: { type: 'string', default: '1000000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const list = (name: 'instruments' | 'accounts'): number[] =>
    values[name].split(',').map((text) => whole(name, text));
  const wishes = {
    seconds: whole('seconds', values.seconds),
    warmUpSeconds: whole('warm-up', values['warm-up']),
    window: whole('window', values.window),
    instruments: list('instruments'),
    accounts: list('accounts'),
    resting: whole('resting', values.resting),
  };
  return { wishes, json: values.json };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= COUNT_MAX) return value;
  throw new Error(`--${name} must be whole numbers from 1 to ${COUNT_MAX}, not "${text}"`);
}

async function measureAll(wishes: FlatWishes, stateDir: string): Promise<FlatReport> {
  const say = (line: string) => console.error(line);
  const own = await startOwnStack(CHECKOUT, stateDir);
  let cases: FlatCase[];
  try {
    cases = await runFlat(readStackFile(own.stackFile), own.pid, wishes, say);
  } finally {
    await own.stop();
  }
  say('stopped; starting again on the same data');
  const startedAtMs = performance.now();
  const again = await startOwnStack(CHECKOUT, stateDir);
  const restartSeconds = Math.round((performance.now() - startedAtMs) / 100) / 10;
  await again.stop();
  return { cases, restartSeconds };
}

async function main(): Promise<number> {
  const asked = readArguments();
  if (asked === undefined) {
    console.log(USAGE);
    return 0;
  }
  const stateDir = mkdtempSync(join(tmpdir(), 'clearway-flat-'));
  try {
    const report = await measureAll(asked.wishes, stateDir);
    for (const each of report.cases) console.log(lineOf(each));
    console.log(`start on all of that: ${report.restartSeconds} s until every service serves`);
    if (asked.json) console.log(JSON.stringify(report));
    return 0;
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);

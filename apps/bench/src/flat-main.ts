/** `npm run bench:flat`: the same load over ever more instruments, accounts and resting orders, and a start after all of it. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CommandRun, runCommand, unlessAborted, wholeNumber } from '@clearway/platform-command';
import { temporaryHome } from '@clearway/platform-postgres';
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

function readArguments(args: readonly string[]): { readonly wishes: FlatWishes; readonly json: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '20' },
      'warm-up': { type: 'string', default: '3' },
      window: { type: 'string', default: '1000' },
      instruments: { type: 'string', default: '1,10,100' },
      accounts: { type: 'string', default: '1000,100000' },
      resting: { type: 'string', default: '1000000' },
      json: { type: 'boolean', default: false },
    },
  });
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
  return wholeNumber(`--${name}`, text, { max: COUNT_MAX });
}

async function measureAll(wishes: FlatWishes, stateDir: string, signal: AbortSignal): Promise<FlatReport> {
  const say = (line: string) => console.error(line);
  const own = await startOwnStack(CHECKOUT, stateDir);
  let cases: FlatCase[];
  try {
    cases = await unlessAborted(signal, runFlat(readStackFile(own.stackFile), own.pid, wishes, say));
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

async function main({ args, signal }: CommandRun): Promise<number> {
  const asked = readArguments(args);
  const stateDir = await temporaryHome('clearway-flat-');
  try {
    const report = await measureAll(asked.wishes, stateDir, signal);
    for (const each of report.cases) console.log(lineOf(each));
    console.log(`start on all of that: ${report.restartSeconds} s until every service serves`);
    if (asked.json) console.log(JSON.stringify(report));
    return 0;
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
}

runCommand({ name: 'bench:flat', usage: USAGE, run: main });

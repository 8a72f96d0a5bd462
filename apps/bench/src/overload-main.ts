/** `npm run bench:overload`: a multiple of what the system carries, and what it makes of that. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CommandRun, positiveNumber, runCommand, unlessAborted } from '@clearway/platform-command';
import { readStackFile, startOwnStack } from '@clearway/platform-stack';
import { overloadProblems, overloadReport, overloadTable } from './overload/overload-report';
import { type OverloadWishes, runOverload } from './overload/run-overload';

const USAGE = `Usage: npm run bench:overload -- [options]

Finds how many orders a second the system carries, sends a multiple of that without waiting for answers, then half of it. What is accepted
must be answered within the deadline, the rest refused with RESOURCE_EXHAUSTED and a time to try again, goodput stay within a tenth
of the peak, memory bounded, and everything be as before within seconds. Exit status 1 when it is not so.

  --seconds S      measured time of the peak and of the overload (default 20)
  --warm-up S      unmeasured time before (default 5)
  --factor N       times the peak (default 3)
  --deadline-ms N  what an answer may take (default 2000)
  --accounts N     accounts that trade (default 200)
  --instruments N  instruments (default 10)
  --window N       unanswered commands at the peak (default 1000)
  --json           one object on the last line
`;

const CHECKOUT = join(__dirname, '..', '..', '..');
const NUMBER_MAX = 100_000;
const DEFAULTS = {
  seconds: '20',
  'warm-up': '5',
  factor: '3',
  'deadline-ms': '2000',
  accounts: '200',
  instruments: '10',
  window: '1000',
};

type Name = keyof typeof DEFAULTS;

function readArguments(args: readonly string[]): { readonly wishes: OverloadWishes; readonly json: boolean } {
  const text = (name: Name) => ({ type: 'string', default: DEFAULTS[name] }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: text('seconds'),
      'warm-up': text('warm-up'),
      factor: text('factor'),
      'deadline-ms': text('deadline-ms'),
      accounts: text('accounts'),
      instruments: text('instruments'),
      window: text('window'),
      json: { type: 'boolean', default: false },
    },
  });
  const number = (name: Name): number => positiveNumber(`--${name}`, values[name], NUMBER_MAX);
  const wishes = {
    seconds: number('seconds'),
    warmUpSeconds: number('warm-up'),
    factor: number('factor'),
    deadlineMs: number('deadline-ms'),
    accounts: number('accounts'),
    instruments: number('instruments'),
    window: number('window'),
  };
  return { wishes, json: values.json };
}

async function main({ args, signal }: CommandRun): Promise<number> {
  const asked = readArguments(args);
  const say = (line: string) => console.error(line);
  const own = await startOwnStack(CHECKOUT, undefined);
  try {
    const result = await unlessAborted(
      signal,
      runOverload(readStackFile(own.stackFile), own.pid, asked.wishes, say),
    );
    const report = overloadReport(result, asked.wishes);
    console.log(overloadTable(report));
    const problems = overloadProblems(report);
    for (const problem of problems) say(problem);
    if (asked.json) console.log(JSON.stringify(report));
    return problems.length === 0 ? 0 : 1;
  } finally {
    await own.stop();
  }
}

runCommand({ name: 'bench:overload', usage: USAGE, run: main });

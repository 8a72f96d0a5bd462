/** `npm run bench:overload`: a multiple of what the system carries, and what it makes of that. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
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

function readArguments(): { readonly wishes: OverloadWishes; readonly json: boolean } | undefined {
  const text = (name: Name) => ({ type: 'string', default: DEFAULTS[name] }) as const;
  const { values } = parseArgs({
    options: {
      seconds: text('seconds'),
      'warm-up': text('warm-up'),
      factor: text('factor'),
      'deadline-ms': text('deadline-ms'),
      accounts: text('accounts'),
      instruments: text('instruments'),
      window: text('window'),
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const number = (name: Name): number => {
    const value = Number(values[name]);
    if (value > 0 && value <= 100_000) return value;
    throw new Error(`--${name} must be a number above 0, not "${values[name]}"`);
  };
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

async function main(): Promise<number> {
  const asked = readArguments();
  if (asked === undefined) {
    console.log(USAGE);
    return 0;
  }
  const say = (line: string) => console.error(line);
  const own = await startOwnStack(CHECKOUT, undefined);
  try {
    const result = await runOverload(readStackFile(own.stackFile), own.pid, asked.wishes, say);
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

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);

/** `npm run chaos`: the real processes under load, everything around them failing, and afterwards nothing may be missing. */
import { parseArgs } from 'node:util';
import { type CommandRun, positiveNumber, runCommand, wholeNumber } from '@clearway/platform-command';
import { chaosProblems, chaosReport, chaosTable } from './chaos-report';
import { runChaos } from './run-chaos';

const USAGE = `Usage: npm run chaos -- [options]

Runs the four services as real processes under load and lets faults happen: kill -9, SIGTERM, SIGSTOP and SIGCONT of any of them, of
several at once; Postgres restarted, killed, its disk full; TCP between any two cut, dropped, delayed, held and black-holed; clocks
stepped. A supervisor starts again what ends. Afterwards everything is healed, every acknowledged order and cancel is looked up,
and every invariant is evaluated. Exit status 1 when anything is missing.

  --minutes M      how long faults happen (default 10; fractions count)
  --seed N         repeats the kinds, targets and lengths of another run (default: a new one)
  --only TEXT      only kinds of faults with this in their name
  --rate N         orders that each of three participants places every 25 ms (default 2)
  --log-file FILE  append every line of every process
  --json           one object on the last line

A full disk needs root on Linux (it mounts a file system of its own for Postgres), stepped clocks libfaketime; what cannot happen
is said.
`;

const MINUTES_MAX = 1_440;
const RATE_MAX = 100;
const SEED_MAX = 2 ** 31 - 1;

async function main({ args, signal }: CommandRun): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string' },
      only: { type: 'string' },
      rate: { type: 'string', default: '2' },
      'log-file': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const seed =
    values.seed === undefined ? Date.now() % SEED_MAX : wholeNumber('--seed', values.seed, { max: SEED_MAX });
  const logFile = values['log-file'];
  const result = await runChaos(
    {
      seconds: positiveNumber('--minutes', values.minutes, MINUTES_MAX) * 60,
      signal,
      seed,
      ordersATick: positiveNumber('--rate', values.rate, RATE_MAX),
      ...(values.only === undefined ? {} : { only: values.only }),
      ...(logFile === undefined ? {} : { logFile }),
    },
    say,
  );
  process.stdout.write(`${chaosTable(result)}\n`);
  const problems = chaosProblems(result);
  for (const problem of problems) say(problem);
  if (values.json) process.stdout.write(`${JSON.stringify(chaosReport(result))}\n`);
  return problems.length === 0 ? 0 : 1;
}

runCommand({ name: 'chaos', usage: USAGE, run: main });

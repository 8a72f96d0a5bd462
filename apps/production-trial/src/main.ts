/** `npm run production-trial`: the production configuration as plain processes, restarted and killed under load. */
import { parseArgs } from 'node:util';
import { type CommandRun, runCommand } from '@clearway/platform-command';
import { runTrial } from './trial';
import { problemsOf, tableOf } from './trial-result';

const USAGE = `Usage: npm run production-trial -- [options]

Starts the production configuration as plain processes on this machine: the shards and processes of
deploy/kubernetes/overlays/production, a Redis over TLS where redis-server is installed, a Postgres that speaks TLS alone with two roles a service, certificates from files that are
replaced while they are in use. Under load it restarts every process, one after the other, and kills an owner of each service with -9.
No order may fail, every invariant must hold. Exit status 0 when that was so.

  --short          restart two processes and kill two owners only
  --log-file FILE  append every line of every process
  --redis URL      let the services share what they share through this Redis, instead of one of the trial's own
  --json           one object on the last line
`;

async function main({ args, signal }: CommandRun): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: 'boolean', default: false },
      'log-file': { type: 'string' },
      redis: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const beganAtMs = performance.now();
  const say = (line: string): void => {
    const seconds = ((performance.now() - beganAtMs) / 1_000).toFixed(1).padStart(6);
    process.stderr.write(`${seconds} s  ${line}\n`);
  };
  const result = await runTrial({
    signal,
    isShort: values.short,
    logFile: values['log-file'],
    redisUrl: values.redis,
    say,
  });
  process.stdout.write(`${tableOf(result)}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  const problems = problemsOf(result);
  for (const problem of problems) say(problem);
  return problems.length === 0 ? 0 : 1;
}

/** 1 is kept for a trial that found something. */
const NOT_DONE = 2;

runCommand({ name: 'production-trial', usage: USAGE, run: main, failedStatus: NOT_DONE });

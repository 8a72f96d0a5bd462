import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { common } from '@clearway/contracts';
import { type CommandRun, runCommand, UsageError } from '@clearway/platform-command';
import { createRpcClient } from '@clearway/platform-rpc';
import {
  compare,
  comparisonText,
  type LiveState,
  parseReport,
  type RebuildReport,
} from './rebuild-comparison';
import { readStack, rebuildSettings, SERVICES, type ServiceName, type StackDescription } from './stack';

const USAGE = `Usage: npm run state:rebuild -- SERVICE… [options]

Rebuilds ${SERVICES.join(', ')} or all from the first event of their journals, each in a process of its own beside the one
that serves, and compares: the state by its hash at one journal position, the read models row by row. Nothing is written.
Exit status: 0 equal, 1 not, 2 could not be done.

  --stack FILE      the stack.json of the stack, default .clearway/stack.json
  --json            print one JSON object a service
`;

/** From `apps/state-tool/dist` to the checkout, whatever folder the command is started from. */
const CHECKOUT_DIR = resolve(__dirname, '..', '..', '..');
/** 1 is kept for a state that differs. */
const NOT_DONE = 2;
/** Hashing a large state takes its time. */
const HASH_TIMEOUT_MS = 60_000;

async function main({ args }: CommandRun): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      stack: { type: 'string', default: join(CHECKOUT_DIR, '.clearway', 'stack.json') },
      json: { type: 'boolean', default: false },
    },
  });
  const names = positionals.includes('all')
    ? [...SERVICES]
    : SERVICES.filter((name) => positionals.includes(name));
  const isUnderstood = positionals.every(
    (name) => name === 'all' || SERVICES.some((known) => known === name),
  );
  if (names.length === 0 || !isUnderstood)
    throw new UsageError(`name what to rebuild: ${SERVICES.join(', ')} or all`);
  const stack = readStack(resolve(values.stack));
  let status = 0;
  for (const name of names) {
    const live = await liveState(stack, name);
    const comparison = compare(live, await rebuild(stack, name, live.nextEvent));
    process.stdout.write(values.json ? `${JSON.stringify(comparison)}\n` : comparisonText(comparison));
    if (comparison.differences.length > 0) status = 1;
  }
  return status;
}

async function liveState({ services, tls }: StackDescription, name: ServiceName): Promise<LiveState> {
  const say = (fields: object, message: string): void => {
    process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
  };
  const client = createRpcClient(common.StateServiceClient, {
    address: services[name],
    tls: { caPath: tls.ca, certPath: tls.operator.cert, keyPath: tls.operator.key },
    expect: `svc/${name}`,
    log: { info: () => undefined, warn: say, error: say },
  });
  try {
    const { position, stateHash } = await client.call('getStateHash', {}, { timeoutMs: HASH_TIMEOUT_MS });
    return { nextEvent: position?.nextEvent ?? 0, stateHash };
  } finally {
    client.close();
  }
}

/** Starts the service's own program with the order to rebuild, since nobody else knows its machine, codec and tables. */
async function rebuild(
  stack: StackDescription,
  name: ServiceName,
  untilEvent: number,
): Promise<RebuildReport> {
  const entry = join(CHECKOUT_DIR, 'apps', name, 'dist', 'main.js');
  const child = spawn(process.execPath, [entry, 'rebuild', `${untilEvent}`], {
    env: { ...rebuildSettings(stack, name), ...process.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`the rebuild of ${name} ended with status ${status}`);
  return parseReport(output);
}

runCommand({ name: 'state:rebuild', usage: USAGE, run: main, failedStatus: NOT_DONE });

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

  --shard N         only the state of this shard; the read models hold the rows of all shards and are always compared whole
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
      shard: { type: 'string' },
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
  if (values.shard !== undefined && !/^\d{1,2}$/.test(values.shard))
    throw new UsageError('--shard takes the index of a shard');
  const stack = readStack(resolve(values.stack));
  let status = 0;
  for (const name of names) {
    const { shardCount, live } = await liveStates(stack, name, values.shard);
    const comparison = compare(live, await rebuild(stack, name, shardCount, live));
    process.stdout.write(values.json ? `${JSON.stringify(comparison)}\n` : comparisonText(comparison));
    if (comparison.differences.length > 0) status = 1;
  }
  return status;
}

interface LiveService {
  readonly shardCount: number;
  readonly live: readonly LiveState[];
}

/** Asks for the state of one shard, or of every shard that the service says it has. */
async function liveStates(
  { services, tls }: StackDescription,
  name: ServiceName,
  only: string | undefined,
): Promise<LiveService> {
  const say = (fields: object, message: string): void => {
    process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
  };
  const options = {
    address: services[name],
    tls: { caPath: tls.ca, certPath: tls.operator.cert, keyPath: tls.operator.key },
    expect: `svc/${name}` as const,
    log: { info: () => undefined, warn: say, error: say },
  };
  const states = createRpcClient(common.StateServiceClient, options);
  const directory = createRpcClient(common.ShardDirectoryServiceClient, options);
  try {
    const { map } = await directory.call('getShardMap', {});
    const shardCount = map?.shards.length ?? 1;
    if (Number(only ?? 0) >= shardCount)
      throw new Error(`${name} has ${shardCount} shards, no shard ${only}`);
    const indices = only === undefined ? [...Array(shardCount).keys()] : [Number(only)];
    const live: LiveState[] = [];
    for (const index of indices) {
      const shard = `${name}/${index}`;
      const how = { timeoutMs: HASH_TIMEOUT_MS, ...(shardCount > 1 ? { shard } : {}) };
      const { position, stateHash } = await states.call('getStateHash', {}, how);
      live.push({ shard, nextEvent: position?.nextEvent ?? 0, stateHash });
    }
    return { shardCount, live };
  } finally {
    states.close();
    directory.close();
  }
}

/** Starts the service's own program with the order to rebuild, since nobody else knows its machine, codec and tables. */
async function rebuild(
  stack: StackDescription,
  name: ServiceName,
  shardCount: number,
  live: readonly LiveState[],
): Promise<RebuildReport> {
  const entry = join(CHECKOUT_DIR, 'apps', name, 'dist', 'main.js');
  const until = live.map(({ shard, nextEvent }) => `${shard.slice(name.length + 1)}=${nextEvent}`);
  const child = spawn(process.execPath, [entry, 'rebuild', ...until], {
    env: { ...rebuildSettings(stack, name), CLEARWAY_SHARDS: `${shardCount}`, ...process.env },
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

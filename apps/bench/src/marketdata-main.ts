/**
 * `npm run bench:marketdata`: what a message of market data costs the publisher for each reader. Publisher and readers are two processes
 * on one machine, with mutual TLS between them; nothing is durable here, because market data is published after the commit.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type CommandRun,
  positiveNumber,
  runCommand,
  unlessAborted,
  wholeNumber,
} from '@clearway/platform-command';
import {
  type FanOutCost,
  measureFanOut,
  measureSlowReaders,
  type SlowReaders,
  type SlowReaderView,
} from './marketdata/measure-fan-out';
import { ServerProcess } from './marketdata/server-process';

const USAGE = `Usage: npm run bench:marketdata -- [options]

What a message of market data costs the publisher for each reader, and what readers that do not read cost and get.

  --readers LIST  how many read (default 1,10,100,1000)
  --slow N        readers that do not read (default 100)
  --rate N        changes of the book a second (default 5000)
  --seconds S     measured time of each (default 4)
  --kept N        messages kept for a reader (default 16)
`;

const COUNT_MAX = 1_000_000;
const SECONDS_MAX = 3_600;
const SERVER_FILE = join(__dirname, 'marketdata', 'server-main.js');
type Load = Parameters<typeof measureFanOut>[2];
const MEBIBYTE = 1_024 * 1_024;

async function main({ args, signal }: CommandRun): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      readers: { type: 'string', default: '1,10,100,1000' },
      slow: { type: 'string', default: '100' },
      rate: { type: 'string', default: '5000' },
      seconds: { type: 'string', default: '4' },
      kept: { type: 'string', default: '16' },
    },
  });
  const whole = (name: 'rate' | 'slow' | 'kept'): number =>
    wholeNumber(`--${name}`, values[name], { min: name === 'slow' ? 0 : 1, max: COUNT_MAX });
  const milliseconds = positiveNumber('--seconds', values.seconds, SECONDS_MAX) * 1_000;
  const load = { changesPerSecond: whole('rate'), milliseconds };
  const counts = values.readers.split(',').map((text) => wholeNumber('--readers', text, { max: COUNT_MAX }));
  const slow = whole('slow');
  const server = await ServerProcess.start(SERVER_FILE, { keptMessagesMax: whole('kept') });
  try {
    await unlessAborted(signal, measure(server, load, counts, slow));
    return 0;
  } finally {
    await server.stop();
  }
}

async function measure(
  server: ServerProcess,
  load: Load,
  counts: readonly number[],
  slow: number,
): Promise<void> {
  await server.publish(load.changesPerSecond, 1_000);
  const seconds = load.milliseconds / 1_000;
  console.log(`${load.changesPerSecond} changes/s of one book of about 2,000 orders, ${seconds} s each`);
  for (const count of counts) console.log(costLine(await measureFanOut(server, count, load)));
  console.log(slowLine(await measureSlowReaders(server, Math.max(...counts), slow, load)));
}

function costLine(cost: FanOutCost): string {
  const {
    readers,
    messagesPerSecond,
    writesPerSecond,
    cpuMicrosAWrite,
    busyShare,
    latencyMsP50,
    latencyMsP99,
  } = cost;
  return (
    `${String(readers).padStart(5)} readers: ${messagesPerSecond.toFixed(0)} messages/s, ${writesPerSecond.toFixed(0)} ` +
    `writes/s, ${cpuMicrosAWrite.toFixed(1)} µs of CPU a write, publisher ${(busyShare * 100).toFixed(0)} % of a core, ` +
    `P50 ${latencyMsP50.toFixed(0)} ms, P99 ${latencyMsP99.toFixed(0)} ms, ${cost.behinds} resynchronised, ` +
    `${cost.areEqual ? 'all equal by hash' : 'NOT EQUAL'}`
  );
}

function slowLine(seen: SlowReaders): string {
  const mebibytes = (bytes: number): string => `${(bytes / MEBIBYTE).toFixed(0)} MiB`;
  return (
    `${seen.readers} readers, ${seen.slow} of them asleep: heap ${mebibytes(seen.heapBytesBefore)} → ` +
    `${mebibytes(seen.heapBytesAfter)}, resident ${mebibytes(seen.rssBytesBefore)} → ${mebibytes(seen.rssBytesAfter)}; ` +
    `${viewText('orders', seen.orders)}; ${viewText('quotes', seen.quotes)}; ${seen.gaps} gaps; ` +
    `${seen.areEqual ? 'all equal by hash' : 'NOT EQUAL'}`
  );
}

function viewText(channel: string, { published, messages, snapshots, missed }: SlowReaderView): string {
  return `one asleep over ${published} messages of ${channel} took ${messages}, with ${snapshots} snapshots for ${missed}`;
}

runCommand({ name: 'bench:marketdata', usage: USAGE, run: main });

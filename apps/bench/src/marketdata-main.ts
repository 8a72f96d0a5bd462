/**
 * `npm run bench:marketdata [-- --readers 1,10,100,1000] [--slow N] [--rate N] [--seconds S] [--kept N]`: what a message of market data
 * costs the publisher for each reader, and what readers that do not read cost and get. Publisher and readers are two processes on
 * one machine, with mutual TLS between them; nothing is durable here, because market data is published after the commit.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type FanOutCost,
  measureFanOut,
  measureSlowReaders,
  type SlowReaders,
  type SlowReaderView,
} from './marketdata/measure-fan-out';
import { ServerProcess } from './marketdata/server-process';

const SERVER_FILE = join(__dirname, 'marketdata', 'server-main.js');
const MEBIBYTE = 1_024 * 1_024;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      readers: { type: 'string', default: '1,10,100,1000' },
      slow: { type: 'string', default: '100' },
      rate: { type: 'string', default: '5000' },
      seconds: { type: 'string', default: '4' },
      kept: { type: 'string', default: '16' },
    },
  });
  const load = { changesPerSecond: Number(values.rate), milliseconds: Number(values.seconds) * 1_000 };
  const counts = values.readers.split(',').map(Number);
  const server = await ServerProcess.start(SERVER_FILE, { keptMessagesMax: Number(values.kept) });
  try {
    await server.publish(load.changesPerSecond, 1_000);
    console.log(
      `${load.changesPerSecond} changes/s of one book of about 2,000 orders, ${values.seconds} s each`,
    );
    for (const count of counts) console.log(costLine(await measureFanOut(server, count, load)));
    const readers = Math.max(...counts);
    console.log(slowLine(await measureSlowReaders(server, readers, Number(values.slow), load)));
  } finally {
    await server.stop();
  }
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

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

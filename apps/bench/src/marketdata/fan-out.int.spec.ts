import { join } from 'node:path';
import { measureFanOut, measureSlowReaders } from './measure-fan-out';
import { ServerProcess } from './server-process';

const SERVER_FILE = join(__dirname, '..', '..', 'dist', 'marketdata', 'server-main.js');
const READERS = 1_000;
const SLOW = 100;
const MEBIBYTE = 1_024 * 1_024;
/** A sleeper costs its cursor and what its stream holds at once; far more messages than this were published. */
const GROWTH_BYTES_MAX = 64 * MEBIBYTE;

jest.setTimeout(90_000);

describe('a publisher and its readers, each in a process of its own', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await ServerProcess.start(SERVER_FILE, { keptMessagesMax: 8 });
    await server.publish(5_000, 500);
  });

  afterAll(async () => server?.stop());

  it('1,000 readers, of whom 100 sleep: memory is bounded, sleepers end equal by hash', async () => {
    const seen = await measureSlowReaders(server, READERS, SLOW, {
      changesPerSecond: 10_000,
      milliseconds: 5_000,
    });
    console.info(JSON.stringify(seen, (_, value) => (typeof value === 'number' ? Math.round(value) : value)));
    expect(seen).toMatchObject({ gaps: 0, areEqual: true });
    // How much is published depends on the machine. A sleeper is made whole by every message, or by snapshots for what it missed.
    expect(seen.orders.snapshots > 0).toBe(seen.orders.missed > 0);
    if (seen.orders.missed === 0) expect(seen.orders.messages).toBeGreaterThanOrEqual(seen.orders.published);
    else expect(seen.orders.messages).toBeLessThan(seen.orders.published);
    expect(seen.rssBytesAfter - seen.rssBytesBefore).toBeLessThan(GROWTH_BYTES_MAX);
  });

  it.each([1, 10, 100])('what a message costs with %d readers', async (readers) => {
    const cost = await measureFanOut(server, readers, { changesPerSecond: 5_000, milliseconds: 1_000 });
    console.info(
      `${readers} readers: ${cost.cpuMicrosAWrite.toFixed(1)} µs of CPU a write, ${cost.messagesPerSecond.toFixed(0)} ` +
        `messages/s, P99 ${cost.latencyMsP99.toFixed(0)} ms`,
    );
    expect(cost.areEqual).toBe(true);
  });
});

import { readFileSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';

/** A thread of its own gives way, then tells its priority and the process's. */
const THREAD = `
  const { readlinkSync } = require('node:fs');
  const { getPriority } = require('node:os');
  const { parentPort, workerData } = require('node:worker_threads');
  new Function('exports', 'require', workerData)(exports, require);
  exports.giveWay();
  const threadId = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  parentPort.postMessage(getPriority(threadId));
`;

const itOnLinux = process.platform === 'linux' ? it : it.skip;
if (process.platform !== 'linux')
  process.stdout.write('give-way: not tested, because only Linux has priorities of threads\n');

itOnLinux('a thread gives way, and the others do not', async () => {
  const before = getPriority();
  const code = readFileSync(`${__dirname}/../dist/give-way.js`, 'utf8');
  const worker = new Worker(THREAD, { eval: true, workerData: code });
  const priority = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  expect(priority).toBe(constants.priority.PRIORITY_BELOW_NORMAL);
  expect(getPriority()).toBe(before);
});

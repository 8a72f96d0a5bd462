/**
 * `npm run bench:matching [-- --json]`: operations a second and nanoseconds an operation of the order book in six scenarios,
 * on one thread, with nodejs-order-book beside it on the same operations. Matching alone: nothing here is durable or sent.
 */
import { parseArgs } from 'node:util';
import { type CommandRun, runCommand } from '@clearway/platform-command';
import { deepBook } from './matching/deep-book';
import { measureBook, type Scenario, type Speed } from './matching/measure';
import { FLOW_SHAPES, orderFlow } from './matching/order-flow';
import { loadPeer, measurePeer } from './matching/peer-book';
import { Workload } from './matching/workload';

const USAGE = `Usage: npm run bench:matching -- [--json]

Operations a second of the order book in six scenarios, on one thread; --json prints one object instead.
`;

const SEED = 23;
const ORDERS = 1_000_000;
const DEEP_LEVELS_PER_SIDE = 50_000;
const DEEP_MESSAGES = 1_000_000;

interface Row extends Speed {
  readonly peerOpsPerSecond: number | null;
}

/** Made one by one, because each takes some 100 MB. */
const scenarios: readonly (() => Scenario)[] = [
  ...FLOW_SHAPES.map((shape) => () => ({
    name: shape.name,
    setup: new Workload(0),
    measured: orderFlow(shape, ORDERS, SEED),
  })),
  () => ({ name: 'deep-static', ...deepBook(DEEP_LEVELS_PER_SIDE, DEEP_MESSAGES, SEED) }),
];

function main({ args }: CommandRun): number {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
  const isJson = values.json;
  const peer = loadPeer();
  if (peer === undefined)
    console.error('nodejs-order-book is not installed: there are no figures beside ours');
  const rows: Record<string, Row> = {};
  if (!isJson) console.log('scenario      operations/s   P50 ns   P99 ns  P99.9 ns   nodejs-order-book/s');
  for (const make of scenarios) {
    const scenario = make();
    const row = {
      ...measureBook(scenario),
      peerOpsPerSecond: peer === undefined ? null : measurePeer(peer, scenario),
    };
    rows[scenario.name] = row;
    if (!isJson) console.log(lineOf(scenario.name, row));
  }
  if (isJson) console.log(JSON.stringify({ scenarios: rows }));
  return 0;
}

function lineOf(name: string, { opsPerSecond, p50Ns, p99Ns, p999Ns, peerOpsPerSecond }: Row): string {
  const peer = peerOpsPerSecond === null ? '-' : grouped(peerOpsPerSecond);
  return (
    name.padEnd(12) +
    grouped(opsPerSecond).padStart(14) +
    String(p50Ns).padStart(9) +
    String(p99Ns).padStart(9) +
    String(p999Ns).padStart(10) +
    peer.padStart(22)
  );
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

runCommand({ name: 'bench:matching', usage: USAGE, run: main });

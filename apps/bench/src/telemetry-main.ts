/**
 * `npm run bench:telemetry`: what sampling costs, in CPU time an order. Two fresh stacks export to one collector that keeps nothing, one
 * samples no order and the other the default share; load goes to one and then to the other, in slices, so that whatever else the
 * machine does meets both alike.
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
import { startOtlpSink } from './telemetry/otlp-sink';
import { type PairedCost, pairedCost } from './telemetry/paired-cost';
import { Side, type Slice } from './telemetry/side';

const USAGE = `Usage: npm run bench:telemetry -- [options]

What sampling orders for traces costs, in CPU time an order, with two stacks side by side.

  --pairs N    slices of load for each stack (default 12)
  --seconds S  length of a slice (default 4)
  --rate N     orders a second (default 2000)
  --ratio R    share of orders that is sampled (default 0.01)
`;

const COUNT_MAX = 100_000;
const CHECKOUT = join(__dirname, '..', '..', '..');
const MARKET = { accounts: 100, instruments: 10 };
/** More than this is too much; see the specification of telemetry. */
const COST_MAX = 1.05;

async function main({ args, signal }: CommandRun): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pairs: { type: 'string', default: '12' },
      seconds: { type: 'string', default: '4' },
      rate: { type: 'string', default: '2000' },
      ratio: { type: 'string', default: '0.01' },
    },
  });
  const pairs = wholeNumber('--pairs', values.pairs, { max: COUNT_MAX });
  const seconds = positiveNumber('--seconds', values.seconds, COUNT_MAX);
  const commandsPerSecond = wholeNumber('--rate', values.rate, { max: COUNT_MAX });
  const ratio = String(positiveNumber('--ratio', values.ratio, 1));
  const sink = await startOtlpSink();
  const sides: Side[] = [];
  const start = async (share: string): Promise<Side> => {
    const settings = { CLEARWAY_OTLP_ENDPOINT: sink.endpoint, CLEARWAY_TRACE_SAMPLING_RATIO: share };
    const side = await Side.start(CHECKOUT, settings, { ...MARKET, commandsPerSecond });
    sides.push(side);
    return side;
  };
  try {
    const [off, on] = [await start('0'), await start(ratio)];
    const cost = await unlessAborted(signal, measure(off, on, pairs, seconds));
    print(cost, ratio, sink.bytes());
    return 0;
  } finally {
    await Promise.all(sides.map((side) => side.stop()));
    sink.close();
  }
}

/** The side that begins changes from pair to pair; the first slice of each is not counted. */
async function measure(off: Side, on: Side, pairs: number, seconds: number): Promise<PairedCost> {
  await off.slice(seconds);
  await on.slice(seconds);
  const offSlices: Slice[] = [];
  const onSlices: Slice[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const offFirst = pair % 2 === 0;
    if (offFirst) offSlices.push(await off.slice(seconds));
    onSlices.push(await on.slice(seconds));
    if (!offFirst) offSlices.push(await off.slice(seconds));
    console.error(`pair ${pair + 1} of ${pairs}: ${onSlices.at(-1)?.orders} orders with sampling`);
  }
  return pairedCost(offSlices, onSlices);
}

function print({ lines, total, ratios, medianRatio }: PairedCost, ratio: string, bytes: number): void {
  console.log(`CPU µs an order     sampling 0   sampling ${ratio}`);
  for (const { name, offMicros, onMicros } of [...lines, total])
    console.log(`${name.padEnd(18)}${offMicros.toFixed(2).padStart(12)}${onMicros.toFixed(2).padStart(16)}`);
  console.log(`pair by pair: ${ratios.map((each) => each.toFixed(3)).join(' ')}`);
  console.log(
    `ratio: median of pairs ${medianRatio.toFixed(3)}, of totals ${quotient(total)}; goal < ${COST_MAX}`,
  );
  console.log(`${bytes} bytes of spans were exported`);
}

function quotient({ offMicros, onMicros }: { offMicros: number; onMicros: number }): string {
  return (onMicros / offMicros).toFixed(3);
}

runCommand({ name: 'bench:telemetry', usage: USAGE, run: main });

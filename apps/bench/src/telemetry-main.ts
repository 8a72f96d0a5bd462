/**
 * `npm run bench:telemetry [-- --pairs N] [--seconds S] [--ratio R] [--rate N]`: what sampling costs, in CPU time an order. Two fresh stacks
 * export to one collector that keeps nothing, one samples no order and the other the default share; load goes to one and then
 * to the other, in slices, so that whatever else the machine does meets both alike.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startOtlpSink } from './telemetry/otlp-sink';
import { type PairedCost, pairedCost } from './telemetry/paired-cost';
import { Side, type Slice } from './telemetry/side';

const CHECKOUT = join(__dirname, '..', '..', '..');
const MARKET = { accounts: 100, instruments: 10 };
/** More than this is too much; see the specification of telemetry. */
const COST_MAX = 1.05;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      pairs: { type: 'string', default: '12' },
      seconds: { type: 'string', default: '4' },
      rate: { type: 'string', default: '2000' },
      ratio: { type: 'string', default: '0.01' },
    },
  });
  const pairs = Number(values.pairs);
  const seconds = Number(values.seconds);
  const sink = await startOtlpSink();
  const sides: Side[] = [];
  const start = async (ratio: string): Promise<Side> => {
    const settings = { CLEARWAY_OTLP_ENDPOINT: sink.endpoint, CLEARWAY_TRACE_SAMPLING_RATIO: ratio };
    const side = await Side.start(CHECKOUT, settings, { ...MARKET, commandsPerSecond: Number(values.rate) });
    sides.push(side);
    return side;
  };
  try {
    const cost = await measure(await start('0'), await start(values.ratio), pairs, seconds);
    print(cost, values.ratio, sink.bytes());
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

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);

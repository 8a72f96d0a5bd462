import { SeededRandom } from './seeded-random';
import { MESSAGE, Workload } from './workload';

/** A kind of trading day: how far, as a share of the price, the middle wanders from start to end. */
export interface FlowShape {
  readonly name: string;
  readonly swing: number;
}

/**
 * The five shapes of flash1-dev/matching-engine-benchmark after the description of its method: a middle that wanders, orders
 * that rest behind it mostly eight ticks out and ever fewer deep, short lives. Buys are priced along the first half of the
 * day and sells along the second, and then arrive shuffled: the less the middle moves, the deeper the book stands.
 */
export const FLOW_SHAPES: readonly FlowShape[] = [
  { name: 'static', swing: 0 },
  { name: 'normal', swing: 0.02 },
  { name: 'swing-25', swing: 0.25 },
  { name: 'swing-40', swing: 0.4 },
  { name: 'flash-crash', swing: 0.6 },
];

const START_TICKS = 33_504;
const DEPTH_LEVELS = 800;
const DEPTH_EXPONENT = 2.23;
const HUMP_WEIGHT = 5;
const HUMP_TICKS = 8;
const IOC_SHARE = 0.15;
const MODIFY_SHARE = 0.2;
const REPRICE_SHARE = 0.8;
const CANCEL_SHARE = 0.95;
const DUPLICATE_SHARE = 0.02;
const LIFE_MEAN_US = 431 / Math.LN2;
const OWNERS = 1_000;
const MESSAGES_PER_ORDER_MAX = 5;
/** Times are below 2^31 µs and positions below 2^22, so that both fit one number by which messages are sorted. */
const POSITIONS = 2 ** 22;

interface Placed {
  readonly prices: Float64Array;
  readonly depths: Int32Array;
  readonly lots: Uint8Array;
}

/** Makes the messages of a day of the given shape around so many new orders. The same seed makes the same day. */
export function orderFlow(shape: FlowShape, orders: number, seed: number): Workload {
  const random = new SeededRandom(seed);
  const placed = placeOrders(shape, orders, random);
  return new FlowWriter(orders, placed, random).write();
}

function placeOrders(shape: FlowShape, orders: number, random: SeededRandom): Placed {
  const depthOf = depthSampler();
  const step = shape.swing / Math.sqrt(orders);
  const placed = {
    prices: new Float64Array(orders),
    depths: new Int32Array(orders),
    lots: new Uint8Array(orders),
  };
  let middle = START_TICKS;
  for (let i = 0; i < orders; i++) {
    middle *= Math.exp(step * random.normal() - (step * step) / 2);
    const depth = depthOf(random.unit());
    const away = i < orders / 2 ? -(depth + 1) : depth + 1;
    placed.prices[i] = Math.max(1, Math.round(middle) + away);
    placed.depths[i] = depth;
    placed.lots[i] = 1 + random.below(100);
  }
  return placed;
}

/** Draws levels behind the middle: a power law with a hump, by search in the summed weights. */
function depthSampler(): (unit: number) => number {
  const sums = new Float64Array(DEPTH_LEVELS);
  let sum = 0;
  for (let level = 0; level < DEPTH_LEVELS; level++) {
    sum += (level + 1) ** -DEPTH_EXPONENT + HUMP_WEIGHT * Math.exp(-((level - HUMP_TICKS) ** 2) / 2);
    sums[level] = sum;
  }
  return (unit) => {
    let low = 0;
    let high = DEPTH_LEVELS - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle]! < unit * sum) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Lets orders arrive shuffled, live and die on a line of time, and sorts what happens by it. */
class FlowWriter {
  private readonly messages: Workload;
  private readonly keys: Float64Array;
  private count = 0;
  private nowUs = 0;

  constructor(
    private readonly orders: number,
    private readonly placed: Placed,
    private readonly random: SeededRandom,
  ) {
    this.messages = new Workload(orders * MESSAGES_PER_ORDER_MAX);
    this.keys = new Float64Array(orders * MESSAGES_PER_ORDER_MAX);
  }

  write(): Workload {
    for (const order of this.arrivals()) this.live(order);
    const keys = this.keys.subarray(0, this.count).sort();
    const sorted = new Workload(this.count);
    const { types, sides, iocs, quantitiesLots, orderIds, pricesTicks, owners } = this.messages;
    keys.forEach((key, i) => {
      const at = key % POSITIONS;
      sorted.set(
        i,
        types[at]!,
        sides[at]!,
        iocs[at]!,
        quantitiesLots[at]!,
        orderIds[at]!,
        pricesTicks[at]!,
        owners[at],
      );
    });
    return sorted;
  }

  private arrivals(): Uint32Array {
    const order = Uint32Array.from({ length: this.orders }, (_, i) => i);
    for (let i = this.orders - 1; i > 0; i--) {
      const j = this.random.below(i + 1);
      const moved = order[i]!;
      order[i] = order[j]!;
      order[j] = moved;
    }
    return order;
  }

  private live(order: number): void {
    const { random, placed } = this;
    const isIoc = random.chance(IOC_SHARE);
    const price = placed.prices[order]!;
    this.add(MESSAGE.new, order, price, placed.lots[order]!, isIoc ? 1 : 0);
    if (!isIoc) this.liveOn(order, price);
    this.nowUs += 1;
  }

  private liveOn(order: number, price: number): void {
    const { random, placed } = this;
    const towards = this.sideOf(order) === 0 ? 1 : -1;
    const lots = placed.lots[order]! + 1;
    const isModified = random.chance(MODIFY_SHARE);
    const repriced = Math.max(1, price + (random.chance(REPRICE_SHARE) ? towards : 0));
    if (isModified) this.addLater(30 + random.below(70), MESSAGE.modify, order, repriced, lots);
    if (!random.chance(CANCEL_SHARE)) return;
    const lifeUs = Math.floor(random.exponential(LIFE_MEAN_US * Math.sqrt(1 + placed.depths[order]!)));
    this.addLater(lifeUs, MESSAGE.cancel, order, 0, 0);
    if (random.chance(DUPLICATE_SHARE)) this.addLater(1 + random.below(20), MESSAGE.cancel, order, 0, 0);
    if (isModified && random.chance(DUPLICATE_SHARE)) {
      this.addLater(1 + random.below(20), MESSAGE.modify, order, repriced, lots);
    }
  }

  private addLater(delayUs: number, type: number, order: number, price: number, lots: number): void {
    this.nowUs += delayUs;
    this.add(type, order, price, lots, 0);
  }

  private add(type: number, order: number, price: number, lots: number, ioc: number): void {
    const i = this.count++;
    this.keys[i] = this.nowUs * POSITIONS + i;
    this.messages.set(i, type, this.sideOf(order), ioc, lots, order + 1, price, 1 + (order % OWNERS));
  }

  private sideOf(order: number): number {
    return order < this.orders / 2 ? 0 : 1;
  }
}

import { MARKET } from '../limits';
import type { BookTimeInForce, TradingPhase } from '../phase';
import type { SelfTradeAction } from '../self-trade';
import type { Side } from '../side';
import type { EngineOrder, EngineReplacement } from './engine-calls';
import type { SeededRandom } from './seeded-random';

const HOUR_MICROS = 3_600_000_000;
const LOTS = 30;
const OWNERS = 4;
const SELF_TRADES: readonly SelfTradeAction[] = [
  'ALLOW',
  'CANCEL_NEWEST',
  'CANCEL_OLDEST',
  'CANCEL_BOTH',
  'DECREMENT',
];
const TYPES: readonly EngineOrder['type'][] = [
  ...Array<'LIMIT'>(7).fill('LIMIT'),
  'MARKET',
  'STOP_LOSS',
  'STOP_LIMIT',
  'TRAILING_STOP',
];
const TIMES: readonly BookTimeInForce[] = [
  ...Array<'GTC'>(5).fill('GTC'),
  'DAY',
  'GTD',
  'IOC',
  'FOK',
  'AT_AUCTION',
];
const STOP_TIMES: readonly BookTimeInForce[] = ['GTC', 'GTC', 'DAY', 'GTD', 'IOC'];
const PHASES: readonly TradingPhase[] = [
  'PRE_OPEN',
  'OPENING_AUCTION',
  'CONTINUOUS',
  'HALTED',
  'REOPENING_AUCTION',
  'CLOSING_AUCTION',
  'CLOSED',
];

/** The prices that the orders of one run have, in ticks. */
export interface PriceRange {
  readonly firstPriceTicks: number;
  readonly prices: number;
}

/** Makes up orders of all types, replacements, phases and times from a seed. */
export class RandomCalls {
  private nowMicros = 0;

  constructor(
    private readonly random: SeededRandom,
    private readonly range: PriceRange,
  ) {}

  order(id: number): EngineOrder {
    const { random } = this;
    const type = random.pick(TYPES);
    const isStop = type !== 'LIMIT' && type !== 'MARKET';
    const hasLimit = type === 'LIMIT' || type === 'STOP_LIMIT';
    const lots = 1 + random.below(LOTS);
    const timeInForce = random.pick(isStop ? STOP_TIMES : TIMES);
    return {
      id,
      type,
      side: random.pick<Side>(['BUY', 'SELL']),
      limitTicks: hasLimit ? this.price() : MARKET,
      stopTicks: isStop ? this.stop(type) : 0,
      lots,
      displayLots: hasLimit && random.below(3) === 0 ? 1 + random.below(lots) : 0,
      owner: random.below(OWNERS),
      timeInForce,
      expireTimeMicros: this.nowMicros + random.below(48) * HOUR_MICROS,
      isPostOnly: type === 'LIMIT' && random.below(8) === 0 && timeInForce !== 'IOC' && timeInForce !== 'FOK',
      selfTrade: random.pick(SELF_TRADES),
    };
  }

  /** A change of an order: often only smaller, at times at its own price, and at times of what it shows. */
  replacement(order: EngineOrder): EngineReplacement {
    const { random } = this;
    const openLots = 1 + random.below(LOTS);
    const keepsShown = random.below(3) > 0 && (order.displayLots === 0 || order.displayLots < openLots);
    return {
      id: order.id,
      limitTicks: random.below(2) === 0 ? order.limitTicks || this.price() : this.price(),
      openLots,
      displayLots: keepsShown ? order.displayLots : random.below(openLots),
    };
  }

  owner(): number {
    return 1 + this.random.below(OWNERS - 1);
  }

  phase(): TradingPhase {
    return this.random.pick(PHASES);
  }

  /** A later time, at times the same: whole hours, so that an expiry is met to the microsecond. */
  time(): number {
    this.nowMicros += this.random.below(this.random.below(4) === 0 ? 9 : 2) * HOUR_MICROS;
    return this.nowMicros;
  }

  private price(): number {
    return this.range.firstPriceTicks + this.random.below(this.range.prices);
  }

  private stop(type: EngineOrder['type']): number {
    return type === 'TRAILING_STOP' ? 1 + this.random.below(this.range.prices) : this.price();
  }
}

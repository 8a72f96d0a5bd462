import { PHASE_RULES } from '@clearway/domain-matching';
import type { PlaceOrder, TimeInForce } from '@clearway/domain-trading';
import { LISTINGS, REFERENCE_TICKS } from './market';
import type { SystemView } from './system-view';
import type { World } from './world';

/** Mostly what nobody has to ask for. */
const SELF_TRADE = [
  'CANCEL_NEWEST',
  'CANCEL_NEWEST',
  'CANCEL_OLDEST',
  'CANCEL_BOTH',
  'DECREMENT',
  'ALLOW',
] as const;
/** What comes in continuous trading, and now and then in phases that do not take it. */
const USUAL = ['DAY', 'DAY', 'DAY', 'GTC', 'GTC', 'GTD', 'IOC', 'FOK', 'AT_AUCTION'] as const;
const COLLECTED = ['DAY', 'GTC', 'GTD', 'GTD', 'AT_AUCTION', 'AT_AUCTION', 'IOC'] as const;
/** GTD orders live up to so long: some are over before risk has answered. */
const GOOD_MS_MAX = 6_000;

/** What an order needs to know of its instrument now. */
interface Situation {
  readonly symbol: string;
  readonly isCollecting: boolean;
}

/** Draws the orders of one account, in the market as it stands. */
export class OrderMaker {
  constructor(
    private readonly account: string,
    private readonly world: World,
    private readonly system: SystemView,
  ) {}

  /** An order of any kind under a client order id. */
  draw(clOrdId: string): PlaceOrder {
    const { random } = this.world;
    const { symbol } = random.pick(LISTINGS);
    const phase = this.system.trading().markets.get(symbol)?.phase ?? 'CONTINUOUS';
    const { isCollecting } = PHASE_RULES[phase];
    if (random.chance(0.12)) return this.#stop(clOrdId, symbol);
    return this.#plain(clOrdId, { symbol, isCollecting });
  }

  #plain(clOrdId: string, situation: Situation): PlaceOrder {
    const { random } = this.world;
    const { symbol, isCollecting } = situation;
    const isMarket = random.chance(isCollecting ? 0.25 : 0.12);
    const isPostOnly = !isMarket && !isCollecting && random.chance(0.1);
    const isIceberg = !isMarket && random.chance(0.15);
    const timeInForce = this.#timeInForce(isMarket, isPostOnly || isIceberg, isCollecting);
    const lots = random.between(1, 12);
    return {
      kind: 'PlaceOrder',
      account: this.account,
      clOrdId,
      symbol,
      side: random.pick(['BUY', 'SELL'] as const),
      ordType: isMarket ? 'MARKET' : 'LIMIT',
      timeInForce,
      postOnly: isPostOnly,
      quantity: quantityText(symbol, lots),
      price: isMarket ? '' : this.price(isCollecting ? 4 : 2),
      selfTrade: random.pick(SELF_TRADE),
      displayQuantity: isIceberg ? quantityText(symbol, random.between(1, lots)) : '',
      expireAtMicros: this.#expiryOf(timeInForce),
    };
  }

  #timeInForce(isMarket: boolean, isLasting: boolean, isCollecting: boolean): TimeInForce {
    const { random } = this.world;
    if (isMarket && isCollecting) return 'AT_AUCTION';
    if (isMarket) return random.pick(['IOC', 'IOC', 'IOC', 'FOK'] as const);
    if (isLasting) return random.pick(['GTC', 'GTC', 'GTD'] as const);
    return random.pick(isCollecting ? COLLECTED : USUAL);
  }

  #stop(clOrdId: string, symbol: string): PlaceOrder {
    const { random } = this.world;
    const ordType = random.pick(['STOP_LOSS', 'STOP_LIMIT', 'TRAILING_STOP'] as const);
    const timeInForce = random.pick(['DAY', 'GTC', 'GTD'] as const);
    return {
      kind: 'PlaceOrder',
      account: this.account,
      clOrdId,
      symbol,
      side: random.pick(['BUY', 'SELL'] as const),
      ordType,
      timeInForce,
      postOnly: false,
      quantity: quantityText(symbol, random.between(1, 12)),
      price: ordType === 'STOP_LIMIT' ? this.price(2) : '',
      stopPrice: ordType === 'TRAILING_STOP' ? '' : this.price(2),
      trailingOffset: ordType === 'TRAILING_STOP' ? '0.01' : '',
      selfTrade: random.pick(SELF_TRADE),
      expireAtMicros: this.#expiryOf(timeInForce),
    };
  }

  /** A price as text, at most so many ticks from the market's. */
  price(distanceTicksMax: number): string {
    const ticks = REFERENCE_TICKS + this.world.random.between(-distanceTicksMax, distanceTicksMax);
    return (ticks / 100).toFixed(2);
  }

  #expiryOf(timeInForce: TimeInForce): number {
    if (timeInForce !== 'GTD') return 0;
    const { random, epochMicros, time } = this.world;
    return epochMicros + time.nowMicros + random.between(1, GOOD_MS_MAX) * 1_000;
  }
}

/** So many lots of an instrument as a quantity. */
export function quantityText(symbol: string, lots: number): string {
  return symbol === 'BTC-USD' ? (lots / 1_000).toFixed(3) : String(lots);
}

import { type common, trading } from '@clearway/contracts';
import { formatDecimal, parseDecimal } from '@clearway/kernel';
import type { SampleInstrument } from '../sample-instruments';
import { PriceWalk, type Random } from './price-walk';

/** Every order of the simulator has a client order id that begins so; orders of people on the same accounts are left alone. */
export const SIMULATED_PREFIX = 'sim-';

/** What an order of the simulator says beyond its account. */
export interface SimulatedOrder {
  readonly side: common.Side;
  readonly quantityLots: number;
  /** Undefined for a market order. */
  readonly priceTicks: number | undefined;
  readonly timeInForce: trading.TimeInForce;
}

/** One instrument with the price that the simulator believes in. */
export class SimulatedInstrument {
  readonly symbol: string;
  readonly walk: PriceWalk;

  /** @param lastPrice of an earlier run, empty if there was none */
  constructor(
    private readonly sample: SampleInstrument,
    lastPrice: string,
    random: Random,
  ) {
    this.symbol = sample.symbol;
    const homeTicks = this.ticksOf(sample.referencePrice) ?? 1;
    this.walk = new PriceWalk(homeTicks, this.ticksOf(lastPrice) ?? homeTicks, random);
  }

  /** One step of the walk's distance between quotes: about two basis points, at least a tick. */
  get quoteStepTicks(): number {
    return Math.max(1, Math.floor(this.walk.priceTicks / 5_000));
  }

  /** Writes a price for a person or the wire. */
  priceText(ticks: number): string {
    return formatDecimal(BigInt(ticks), this.sample.priceDecimals);
  }

  /** Reads a quantity off the wire; 0 for one that is not a whole number of lots. */
  lotsOf(quantity: string): number {
    const parsed = parseDecimal(quantity, this.sample.quantityDecimals);
    return parsed.ok ? Number(parsed.minor) : 0;
  }

  /** The order as the trading service takes it. */
  request(account: string, clOrdId: string, order: SimulatedOrder): trading.PlaceOrderRequest {
    const { side, quantityLots, priceTicks, timeInForce } = order;
    return {
      account,
      clOrdId,
      symbol: this.symbol,
      side,
      ordType: priceTicks === undefined ? trading.OrdType.ORD_TYPE_MARKET : trading.OrdType.ORD_TYPE_LIMIT,
      orderQty: formatDecimal(BigInt(quantityLots), this.sample.quantityDecimals),
      price: priceTicks === undefined ? '' : this.priceText(priceTicks),
      timeInForce,
      postOnly: false,
      ...trading.ORDINARY_ORDER,
    };
  }

  private ticksOf(price: string): number | undefined {
    const parsed = parseDecimal(price, this.sample.priceDecimals);
    return parsed.ok && parsed.minor > 0n ? Number(parsed.minor) : undefined;
  }
}

import { common, trading } from '@clearway/contracts';
import type { OrderCommand } from './order-session';
import type { Random } from './price-walk';
import { SIMULATED_PREFIX, type SimulatedInstrument, type SimulatedOrder } from './simulated-instrument';

const QUANTITY_LOTS_MAX = 10;
/** A trader this many lots long sells next, whatever the dice say. */
const POSITION_LOTS_FULL = 200;
const RESTING_ORDERS_MAX = 3;
const MARKET_SHARE = 0.3;
const CROSSING_SHARE = 0.8;

/**
 * A trader who buys and sells small quantities: mostly taking the maker's quotes by market or crossing IOC orders, now and
 * then resting an order inside the spread and cancelling it a few turns later. Leans against its own position, so that
 * it runs out of neither money nor securities.
 */
export class MarketTaker {
  private readonly positionLots = new Map<string, number>();
  private readonly resting: string[] = [];
  private nextNumber = 1;

  /** @param runId makes client order ids differ from those of earlier runs */
  constructor(
    private readonly account: string,
    private readonly runId: string,
    private readonly random: Random,
  ) {}

  /** The commands of one turn. */
  trade(instrument: SimulatedInstrument): readonly OrderCommand[] {
    const order = this.choose(instrument);
    const clOrdId = `${SIMULATED_PREFIX}${this.runId}-${this.nextNumber++}`;
    const place: OrderCommand = { $case: 'place', value: instrument.request(this.account, clOrdId, order) };
    if (order.timeInForce !== trading.TimeInForce.TIME_IN_FORCE_DAY) return [place];
    this.resting.push(clOrdId);
    return [...this.cancelOldest(), place];
  }

  /** Counts what an order filled at once; what rests and fills later evens out by itself. */
  onPlaced({ side, cumQty }: trading.Order, instrument: SimulatedInstrument): void {
    const lots = instrument.lotsOf(cumQty) * (side === common.Side.SIDE_BUY ? 1 : -1);
    this.positionLots.set(instrument.symbol, (this.positionLots.get(instrument.symbol) ?? 0) + lots);
  }

  /** Forgets resting orders: the stream ended, and they were cancelled with it. */
  reset(): void {
    this.resting.length = 0;
  }

  private choose(instrument: SimulatedInstrument): SimulatedOrder {
    const side = this.chooseSide(instrument.symbol);
    const quantityLots = 1 + Math.floor(this.random() * QUANTITY_LOTS_MAX);
    const dice = this.random();
    const away = side === common.Side.SIDE_BUY ? 1 : -1;
    const { walk, quoteStepTicks } = instrument;
    if (dice < MARKET_SHARE)
      return {
        side,
        quantityLots,
        priceTicks: undefined,
        timeInForce: trading.TimeInForce.TIME_IN_FORCE_IOC,
      };
    if (dice < CROSSING_SHARE)
      return {
        side,
        quantityLots,
        priceTicks: walk.priceTicks + away * 2 * quoteStepTicks,
        timeInForce: trading.TimeInForce.TIME_IN_FORCE_IOC,
      };
    const timeInForce = trading.TimeInForce.TIME_IN_FORCE_DAY;
    return { side, quantityLots, priceTicks: walk.priceTicks, timeInForce };
  }

  private chooseSide(symbol: string): common.Side {
    const lean = (this.positionLots.get(symbol) ?? 0) / POSITION_LOTS_FULL;
    return this.random() > 0.5 + lean / 2 ? common.Side.SIDE_BUY : common.Side.SIDE_SELL;
  }

  private cancelOldest(): readonly OrderCommand[] {
    if (this.resting.length <= RESTING_ORDERS_MAX) return [];
    const clOrdId = this.resting.shift() ?? '';
    return [{ $case: 'cancel', value: { orderId: '', account: this.account, clOrdId } }];
  }
}

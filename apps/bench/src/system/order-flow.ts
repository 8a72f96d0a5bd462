import { common, trading } from '@clearway/contracts';

/** What one generated command is for the count: an order, or the cancel of an earlier one. */
export type Flow =
  | { readonly place: trading.PlaceOrderRequest }
  | { readonly cancel: trading.CancelOrderRequest };

/** What a lane sends, one command after the other. */
export interface CommandFlow {
  next(): Flow;
  /** Takes note that an order was refused. */
  forget(order: trading.PlaceOrderRequest): void;
}

const { SIDE_BUY, SIDE_SELL } = common.Side;
const { ORD_TYPE_LIMIT } = trading.OrdType;
const { TIME_IN_FORCE_GTC, TIME_IN_FORCE_IOC } = trading.TimeInForce;

/** Where orders meet. */
const MARKET_PRICE = '100.00';

/** Passive orders that rest before the oldest is cancelled, a stream. */
const RESTING_MAX = 500;

/**
 * The order flow of one stream. Of four orders one rests at the market, one takes it, and two rest away from the market until
 * they are cancelled: so half of the orders trade, and the book neither dries up nor grows. Deterministic.
 */
export class OrderFlow implements CommandFlow {
  private made = 0;
  private readonly resting: { account: string; clOrdId: string }[] = [];
  private cancelDue = false;
  private readonly refused = new Set<string>();

  constructor(
    private readonly name: string,
    private readonly accounts: readonly string[],
    private readonly symbols: readonly string[],
  ) {}

  next(): Flow {
    const oldest = this.cancelDue ? this.resting.shift() : undefined;
    this.cancelDue = false;
    if (oldest && !this.refused.delete(oldest.clOrdId)) return { cancel: { orderId: '', ...oldest } };
    const number = this.made;
    this.made += 1;
    const account = this.accounts[number % this.accounts.length] as string;
    const symbol = this.symbols[(number >> 2) % this.symbols.length] as string;
    const clOrdId = `${this.name}-${number}`;
    switch (number % 4) {
      case 0:
        return this.order(account, clOrdId, symbol, SIDE_SELL, MARKET_PRICE, TIME_IN_FORCE_GTC);
      case 1:
        return this.order(account, clOrdId, symbol, SIDE_BUY, MARKET_PRICE, TIME_IN_FORCE_IOC);
      case 2:
        return this.rest(account, clOrdId, symbol, SIDE_BUY, 90 + (number % 900) / 100);
      default:
        return this.rest(account, clOrdId, symbol, SIDE_SELL, 101 + (number % 900) / 100);
    }
  }

  /** Nobody cancels what is not there. */
  forget({ clOrdId, timeInForce, price }: trading.PlaceOrderRequest): void {
    if (timeInForce === TIME_IN_FORCE_GTC && price !== MARKET_PRICE) this.refused.add(clOrdId);
  }

  private rest(account: string, clOrdId: string, symbol: string, side: common.Side, price: number): Flow {
    this.resting.push({ account, clOrdId });
    this.cancelDue = this.resting.length > RESTING_MAX;
    return this.order(account, clOrdId, symbol, side, price.toFixed(2), TIME_IN_FORCE_GTC);
  }

  private order(
    account: string,
    clOrdId: string,
    symbol: string,
    side: common.Side,
    price: string,
    timeInForce: trading.TimeInForce,
  ): Flow {
    const fixed = { ordType: ORD_TYPE_LIMIT, orderQty: '1', postOnly: false, ...trading.ORDINARY_ORDER };
    return { place: { account, clOrdId, symbol, side, price, timeInForce, ...fixed } };
  }
}

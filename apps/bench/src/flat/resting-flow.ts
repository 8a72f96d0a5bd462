import { common, trading } from '@clearway/contracts';
import type { CommandFlow, Flow } from '../system/order-flow';

const { SIDE_BUY, SIDE_SELL } = common.Side;
const { ORD_TYPE_LIMIT } = trading.OrdType;
const { TIME_IN_FORCE_GTC } = trading.TimeInForce;
/** Levels on each side, a cent apart, far from where the bench trades. */
const LEVELS = 3_000;
const BEST_BUY = 85;
const BEST_SELL = 115;

/** Orders that rest away from the market and stay: what makes a book deep. */
export class RestingFlow implements CommandFlow {
  private made = 0;

  constructor(
    private readonly name: string,
    private readonly accounts: readonly string[],
    private readonly symbols: readonly string[],
  ) {}

  next(): Flow {
    const number = this.made;
    this.made += 1;
    const isBuy = number % 2 === 0;
    const away = ((number >> 1) % LEVELS) / 100;
    return {
      place: {
        account: this.accounts[number % this.accounts.length] as string,
        clOrdId: `${this.name}-rest-${number}`,
        symbol: this.symbols[(number >> 2) % this.symbols.length] as string,
        side: isBuy ? SIDE_BUY : SIDE_SELL,
        price: (isBuy ? BEST_BUY - away : BEST_SELL + away).toFixed(2),
        timeInForce: TIME_IN_FORCE_GTC,
        ordType: ORD_TYPE_LIMIT,
        orderQty: '1',
        postOnly: false,
        ...trading.ORDINARY_ORDER,
      },
    };
  }

  forget(): void {
    // Another one of its kind comes.
  }
}

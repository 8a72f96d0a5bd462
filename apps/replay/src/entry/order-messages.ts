import { common, trading } from '@clearway/contracts';
import type { ReplayMarket } from '../market/prepare-market';
import { priceText } from '../market/replay-terms';
import type { PlaceCommand, ReplayCommand } from '../plan/replay-command';

const { SIDE_BUY, SIDE_SELL } = common.Side;
const { TIME_IN_FORCE_GTC, TIME_IN_FORCE_IOC } = trading.TimeInForce;

/** Makes wire commands of planned ones. The request id of a command is its index, its order's key the run and that index. */
export class OrderMessages {
  constructor(
    private readonly commands: readonly ReplayCommand[],
    private readonly market: ReplayMarket,
  ) {}

  /** The wire form of a place or cancel command. */
  of(index: number): trading.OrderEntryCommand {
    const command = this.commands[index];
    if (command?.kind === 'place')
      return { requestId: index, command: { $case: 'place', value: this.place(command, index) } };
    if (command?.kind !== 'cancel') throw new Error(`command ${index} is none of order entry`);
    const account = this.accountOf(command.order);
    const value = { orderId: '', account, clOrdId: this.clOrdId(command.order) };
    return { requestId: index, command: { $case: 'cancel', value } };
  }

  /** Index of the place command that a client order id of this run stands for; undefined for those of others. */
  indexOf(clOrdId: string): number | undefined {
    const prefix = `${this.market.runId}-`;
    return clOrdId.startsWith(prefix) ? Number(clOrdId.slice(prefix.length)) : undefined;
  }

  private place({ side, purpose, lots, priceTicks }: PlaceCommand, index: number): trading.PlaceOrderRequest {
    return {
      account: this.accountOf(index),
      clOrdId: this.clOrdId(index),
      symbol: this.market.symbol,
      side: side === 'BUY' ? SIDE_BUY : SIDE_SELL,
      ordType: trading.OrdType.ORD_TYPE_LIMIT,
      orderQty: `${lots}`,
      price: priceText(priceTicks),
      timeInForce: purpose === 'take' ? TIME_IN_FORCE_IOC : TIME_IN_FORCE_GTC,
      postOnly: false,
      ...trading.ORDINARY_ORDER,
    };
  }

  private accountOf(index: number): string {
    return this.market.accounts.ofCommand[index]!;
  }

  private clOrdId(index: number): string {
    return `${this.market.runId}-${index}`;
  }
}

import type { ClearingState, Transfer } from '@clearway/domain-clearing';
import type { TradingState } from '@clearway/domain-trading';
import type { OrderAnswer } from './trading-service';
import type { World } from './world';

interface KnownOrder {
  readonly number: number;
  readonly quantityLots: number;
  isOver: boolean;
  cumLots: number;
}

const OVER = new Set(['CANCELED', 'REJECTED', 'EXPIRED', 'FILLED']);

/** What clients were told, which must stay true for ever. */
export class Acknowledged {
  readonly orders = new Map<string, KnownOrder>();
  readonly transfers = new Map<string, Transfer>();
  readonly #tradesByOrder = new Map<number, Set<number>>();

  constructor(private readonly world: World) {}

  /** A client has the answer to an order. */
  order(answer: OrderAnswer, durable: TradingState): void {
    const { order, fills } = answer;
    const terms = order.amend?.original ?? order.terms;
    const key = keyOf(terms);
    const before = this.orders.get(key);
    if (before && before.number !== order.number)
      this.world.fail('one-order-a-key', `${key} is order ${before.number} and order ${order.number}`);
    if (before && before.quantityLots !== terms.quantityLots)
      this.world.fail('one-order-a-key', `${key} was taken with another quantity`);
    const filled = Math.max(before?.cumLots ?? 0, order.cumLots + order.bustedLots);
    const isOver = (before?.isOver ?? false) || OVER.has(order.status);
    this.orders.set(key, {
      number: order.number,
      quantityLots: terms.quantityLots,
      isOver,
      cumLots: filled,
    });
    const trades = this.#tradesByOrder.get(order.number) ?? new Set();
    for (const { trade } of fills) if (trade) trades.add(trade.number);
    this.#tradesByOrder.set(order.number, trades);
    this.checkOrders(durable);
  }

  /** A client has the answer to a deposit or withdrawal. */
  transfer(transfer: Transfer, durable: ClearingState): void {
    const key = `${transfer.account}|${transfer.requestId}`;
    const before = this.transfers.get(key);
    if (before && before.transferNumber !== transfer.transferNumber)
      this.world.fail(
        'one-transfer-a-key',
        `${key} is ${before.transferNumber} and ${transfer.transferNumber}`,
      );
    if (before && before.status !== 'pending' && before.status !== transfer.status)
      this.world.fail('acknowledged-stays', `${key} was ${before.status} and is ${transfer.status}`);
    this.transfers.set(key, transfer);
    this.checkTransfers(durable);
  }

  /** Every acknowledged order is there under its number, and what was over is over. */
  checkOrders(state: TradingState): void {
    for (const [key, known] of this.orders) {
      const number = state.keys.get(key);
      const order = number === undefined ? undefined : state.orders.get(number);
      if (!order || order.number !== known.number)
        return this.world.fail(
          'acknowledged-never-forgotten',
          `${key} was order ${known.number}, it is ${number}`,
        );
      if (known.isOver && order.leavesLots > 0)
        return this.world.fail('acknowledged-stays', `order ${number} was over and is ${order.status}`);
      if (order.cumLots + order.bustedLots < known.cumLots)
        return this.world.fail(
          'acknowledged-stays',
          `order ${number} had ${known.cumLots} lots, has ${order.cumLots}`,
        );
    }
  }

  /** Every acknowledged transfer is there under its number. */
  checkTransfers(state: ClearingState): void {
    for (const [key, known] of this.transfers) {
      const transfer = state.transfers.find(known.account, known.requestId);
      if (transfer?.transferNumber !== known.transferNumber)
        return this.world.fail(
          'acknowledged-never-forgotten',
          `transfer ${key} is ${transfer?.transferNumber}`,
        );
    }
  }

  /** Trades that clients were told of, by order. */
  trades(): ReadonlyMap<number, ReadonlySet<number>> {
    return this.#tradesByOrder;
  }
}

function keyOf(terms: { readonly account: string; readonly clOrdId: string }): string {
  return `${terms.account}|${terms.clOrdId}`;
}

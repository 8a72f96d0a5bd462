import type { Order } from './order';
import type { Trade, TradingState } from './state';

/** FIX ExecType: what a report is about. */
export type ExecType =
  | 'PENDING_NEW'
  | 'NEW'
  | 'TRADE'
  | 'CANCELED'
  | 'REPLACED'
  | 'REJECTED'
  | 'EXPIRED'
  | 'PENDING_CANCEL'
  | 'PENDING_REPLACE'
  | 'TRADE_CANCEL'
  | 'RESTATED'
  | 'TRIGGERED';

/** An order at one moment, safe to keep: a copy that no later event changes. */
export type OrderView = Readonly<Order>;

/** One change of one order, for its owner. Outputs are published after the commit that makes them true. */
export interface Report {
  readonly execType: ExecType;
  readonly order: OrderView;
  readonly atMicros: number;
  readonly trade: TradeView | undefined;
}

/** The trade that a report tells of, from the side of the report's order. */
export interface TradeView {
  readonly number: number;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly maker: boolean;
  readonly feeMinor: bigint;
}

/** Copies an order as it stands. */
export function viewOf(order: Order): OrderView {
  return { ...order };
}

/** Copies an order for its owner as it stands now: a trailing stop that waits with the stop price to which it has followed. */
export function currentViewOf({ markets }: Pick<TradingState, 'markets'>, order: Order): OrderView {
  const { stop, terms, number } = order;
  if (!stop?.isWaiting || terms.extras?.trailTicks === undefined) return viewOf(order);
  const stopPriceTicks = markets.get(terms.symbol)?.stops.stopPriceTicks(number) ?? stop.stopPriceTicks;
  return { ...order, stop: { ...stop, stopPriceTicks } };
}

/** A trade from the side of one of its two orders. */
export function tradeViewOf(trade: Trade, orderNumber: number): TradeView {
  const maker = trade.makerOrderNumber === orderNumber;
  return {
    number: trade.number,
    priceTicks: trade.priceTicks,
    quantityLots: trade.quantityLots,
    maker,
    feeMinor: maker ? trade.makerFeeMinor : trade.takerFeeMinor,
  };
}

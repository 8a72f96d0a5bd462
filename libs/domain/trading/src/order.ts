import type { SelfTradeAction, Side } from '@clearway/domain-matching';
import type { Reason, ReasonCode } from '@clearway/kernel';

/** FIX OrdType. */
export type OrdType = 'MARKET' | 'LIMIT' | 'STOP_LOSS' | 'STOP_LIMIT' | 'TRAILING_STOP';

/** FIX TimeInForce; AT_AUCTION stands for its At the Opening and At the Close: the auction that collects and no other. */
export type TimeInForce = 'DAY' | 'GTC' | 'GTD' | 'IOC' | 'FOK' | 'AT_AUCTION';

/** FIX OrdStatus. */
export type OrdStatus =
  | 'PENDING_NEW'
  | 'NEW'
  | 'PARTIALLY_FILLED'
  | 'FILLED'
  | 'CANCELED'
  | 'REJECTED'
  | 'EXPIRED'
  | 'PENDING_CANCEL';

/** Terms that most orders do without, so that those carry nothing for them. */
export interface OrderExtras {
  /** What happens when it would trade with its own participant's resting order; undefined for CANCEL_NEWEST. */
  readonly selfTrade?: SelfTradeAction | undefined;
  /** Of STOP_LOSS and STOP_LIMIT. */
  readonly stopPriceTicks?: number | undefined;
  /** Of TRAILING_STOP. */
  readonly trailTicks?: number | undefined;
  /** Of GTD. */
  readonly expireAtMicros?: number | undefined;
  /** What an iceberg shows at a time. */
  readonly displayLots?: number | undefined;
}

/** What an owner asked for; fixed once accepted. Prices in ticks, quantities in lots. */
export interface OrderTerms {
  readonly account: string;
  readonly clOrdId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly ordType: OrdType;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly quantityLots: number;
  /** 0 for market orders. */
  readonly priceTicks: number;
  /** Undefined for an order that asks for nothing out of the ordinary. */
  readonly extras?: OrderExtras | undefined;
}

/** What a replacement gives an order. */
export interface Replacement {
  /** The order's client order id from then on. */
  readonly clOrdId: string;
  /** Total, what is filled included. */
  readonly quantityLots: number;
  readonly priceTicks: number;
  /** 0 for orders without. */
  readonly stopPriceTicks: number;
  readonly displayLots: number;
}

/** What is known of a stop order, or of one at market that waits for an auction, that risk has agreed to. Changed as a whole, so that views may keep it. */
export interface StopState {
  /** 0 for an order that is no stop. Of a trailing stop the price that it began with, once released the one that it was released at. */
  readonly stopPriceTicks: number;
  /** Worst price that its hold covers. */
  readonly protectionTicks: number;
  /** Worst price of a trailing stop that was released; undefined for others. */
  readonly limitTicks?: number;
  /** False once it has come to the book. */
  readonly isWaiting: boolean;
}

/** A replacement that was asked for, and what became of it. */
export interface ReplaceRecord extends Replacement {
  readonly outcome: 'pending' | 'replaced' | 'refused';
  /** Why it was refused. */
  readonly reasons: readonly Reason[];
}

/** What is known of an order that somebody asked to replace. Changed as a whole, so that views may keep it. */
export interface Amendments {
  /** The terms that it was accepted with. */
  readonly original: OrderTerms;
  /** Replacements, oldest first; only the last can be pending. The oldest are forgotten. */
  readonly records: readonly ReplaceRecord[];
  /** How many were asked for. */
  readonly version: number;
  /** The ReplaceOrder saga under way, 0 when there is none. */
  readonly sagaNumber: number;
  /** Client order id before the last replacement; empty before the first. */
  readonly origClOrdId: string;
  /** Price that risk holds for: the worst since its hold was lowered last. */
  readonly heldPriceTicks: number;
  /** Worse price that risk may go on holding for, because a lowering from it may come after the replacement under way; mostly absent. */
  readonly latePriceTicks?: number;
  /** Trades with a lower number were made before the last replacement. */
  readonly tradesBelow: number;
  /** Lots of such trades that are not settled. */
  readonly priorUnsettledLots: number;
}

/** An order as it stands. Always quantity = leaves + cumulative + canceled + busted. */
export interface Order {
  readonly number: number;
  /** Replaced as a whole by a replacement of the order. */
  terms: OrderTerms;
  readonly acceptedAtMicros: number;
  status: OrdStatus;
  leavesLots: number;
  /** Filled and not busted. */
  cumLots: number;
  /** Canceled, expired or rejected: will never trade. */
  canceledLots: number;
  bustedLots: number;
  /** Canceled on entry; released by the order's own saga. */
  canceledOnEntryLots: number;
  /** Lots of which a saga of their own gave back the hold, while the order went on. */
  adjustedLots: number;
  /** Sum of price × lots over the trades that count. */
  cumTickLots: bigint;
  /** Executed, with settlement under way. */
  unsettledLots: number;
  resting: boolean;
  /** Set while a cancel waits for the hold to be answered. */
  cancelCause: ReasonCode | undefined;
  /** Sagas under way that read this order. */
  openSagas: number;
  reasons: readonly Reason[];
  updatedAtMicros: number;
  /** Undefined for an order that nobody asked to replace. */
  amend: Amendments | undefined;
  /** Undefined for an order that neither is a stop nor waits at market, or that risk has not agreed to. */
  stop: StopState | undefined;
}

/** Tells whether the order can still trade or will be answered later. */
export function isOpen(order: Order): boolean {
  return order.leavesLots > 0;
}

/** Tells whether the order waits for its price or in the book: whether it can be taken off at once. */
export function isWorking(order: Order): boolean {
  return order.resting || order.stop?.isWaiting === true;
}

/** Tells whether an order of these terms waits for a price before it comes to the book. */
export function isStop({ ordType }: Pick<OrderTerms, 'ordType'>): boolean {
  return ordType !== 'LIMIT' && ordType !== 'MARKET';
}

/** Tells whether an order of these terms has no limit of its own: it trades within what its hold covers and rests for an auction only. */
export function isAtMarket({ ordType }: Pick<OrderTerms, 'ordType'>): boolean {
  return ordType !== 'LIMIT' && ordType !== 'STOP_LIMIT';
}

/** Price for which an open order needs its hold. */
export function needPriceTicks({ stop, terms }: Order): number {
  return stop && isAtMarket(terms) ? stop.protectionTicks : terms.priceTicks;
}

/** Status of an order that has reached the book, from its quantities alone. */
export function workingStatus(order: Order): OrdStatus {
  if (order.leavesLots > 0) return order.cumLots > 0 ? 'PARTIALLY_FILLED' : 'NEW';
  return order.cumLots === order.terms.quantityLots ? 'FILLED' : 'CANCELED';
}

/** Tells whether a second request with the same key asks for the same order. */
export function sameTerms(a: OrderTerms, b: OrderTerms): boolean {
  return (
    a.symbol === b.symbol &&
    a.side === b.side &&
    a.ordType === b.ordType &&
    a.timeInForce === b.timeInForce &&
    a.postOnly === b.postOnly &&
    a.quantityLots === b.quantityLots &&
    a.priceTicks === b.priceTicks &&
    sameExtras(a.extras, b.extras)
  );
}

/** What an order does when it would trade with a resting order of its own participant. */
export function selfTradeActionOf({ extras }: OrderTerms): SelfTradeAction {
  return extras?.selfTrade ?? 'CANCEL_NEWEST';
}

function sameExtras(a: OrderExtras = {}, b: OrderExtras = {}): boolean {
  return (
    a.selfTrade === b.selfTrade &&
    a.stopPriceTicks === b.stopPriceTicks &&
    a.trailTicks === b.trailTicks &&
    a.expireAtMicros === b.expireAtMicros &&
    a.displayLots === b.displayLots
  );
}

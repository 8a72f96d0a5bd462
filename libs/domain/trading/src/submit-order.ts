import { type StepOutcome, SUCCEEDED } from '@clearway/domain-saga';
import { type ReasonCode, reason } from '@clearway/kernel';
import type { TradingHost } from './host';
import { isKilled } from './kill-scope';
import { matchOrder, planOrder, rests } from './match-order';
import type { Order } from './order';
import { viewOf } from './reports';
import { type Market, marketOf, orderOf, type TradingState } from './state';

/**
 * Brings a reserved order to the book: it trades, rests, or is refused. The pivot of PlaceOrder. `protectionTicks` is the
 * worst price that its hold covers; the order never trades beyond it.
 */
export function submitOrder(host: TradingHost, orderNumber: number, protectionTicks: number): StepOutcome {
  const order = orderOf(host.state, orderNumber);
  const market = marketOf(host.state, order.terms.symbol);
  const limitTicks = order.terms.ordType === 'MARKET' ? protectionTicks : order.terms.priceTicks;
  const refusal = refusalOf(host.state, order, market, limitTicks);
  if (refusal) return { status: 'refused', reasons: [reason(refusal)] };
  reportNew(host, order);
  const fills = matchOrder(host, order, market, limitTicks, true);
  host.turn.publish({ kind: 'placed', order: viewOf(order), fills });
  return SUCCEEDED;
}

/** The admission checks of the book, in catalogue order; the first that fails is the answer. */
function refusalOf(
  state: TradingState,
  order: Order,
  { book, status }: Market,
  limitTicks: number,
): ReasonCode | undefined {
  const { side, postOnly, timeInForce, ordType } = order.terms;
  if (order.cancelCause) return order.cancelCause;
  if (isKilled(state.killSwitches, order.terms)) return 'KILL_SWITCH';
  if (status === 'HALTED') return 'INSTRUMENT_HALTED';
  if (postOnly && book.crosses(side, limitTicks)) return 'POST_ONLY_WOULD_TRADE';
  if (timeInForce === 'FOK' && isUnfillable(state, order, book, limitTicks)) return 'FOK_UNFILLABLE';
  if (ordType === 'MARKET' && !book.crosses(side, limitTicks)) return 'NO_LIQUIDITY';
  if (rests(order) && book.isFull) return 'OVERLOADED';
  return undefined;
}

/** Prevention may leave it short where the levels alone would not. */
function isUnfillable(state: TradingState, order: Order, book: Market['book'], limitTicks: number): boolean {
  const { side, quantityLots } = order.terms;
  if (book.availableLots(side, limitTicks, quantityLots) < quantityLots) return true;
  planOrder(state, order, book, limitTicks);
  return book.fills.filledLots < quantityLots;
}

function reportNew(host: TradingHost, order: Order): void {
  const view = { ...viewOf(order), status: 'NEW' as const };
  const report = { execType: 'NEW', order: view, atMicros: host.nowMicros, trade: undefined } as const;
  host.turn.publish({ kind: 'report', report });
}

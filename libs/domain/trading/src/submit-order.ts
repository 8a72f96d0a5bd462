import { MARKET, type Side } from '@clearway/domain-matching';
import { type StepOutcome, SUCCEEDED } from '@clearway/domain-saga';
import { type ReasonCode, reason } from '@clearway/kernel';
import type { TradeExecuted } from './events';
import type { TradingHost } from './host';
import { feeMinor, notionalMinor } from './instrument';
import { isKilled } from './kill-scope';
import type { Order } from './order';
import { type Report, tradeViewOf, viewOf } from './reports';
import { type Market, marketOf, orderOf, type TradingState, tradeOf } from './state';

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
  report(host, order, 'NEW');
  const fills = trade(host, order, market, limitTicks);
  settleRemainder(host, order);
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
  const { side, postOnly, timeInForce, ordType, quantityLots } = order.terms;
  if (order.cancelCause) return order.cancelCause;
  if (isKilled(state.killSwitches, order.terms)) return 'KILL_SWITCH';
  if (status === 'HALTED') return 'INSTRUMENT_HALTED';
  if (postOnly && book.crosses(side, limitTicks)) return 'POST_ONLY_WOULD_TRADE';
  if (timeInForce === 'FOK' && book.availableLots(side, limitTicks, quantityLots) < quantityLots)
    return 'FOK_UNFILLABLE';
  if (ordType === 'MARKET' && !book.crosses(side, limitTicks)) return 'NO_LIQUIDITY';
  if (rests(order) && book.isFull) return 'OVERLOADED';
  return undefined;
}

function trade(host: TradingHost, order: Order, { book, instrument }: Market, limitTicks: number): Report[] {
  const { side, quantityLots } = order.terms;
  const count = book.plan(side, planLimit(side, limitTicks), quantityLots);
  const { makerOrderIds, pricesTicks, quantitiesLots } = book.fills;
  const planned = Array.from({ length: count }, (_, index) => ({
    maker: makerOrderIds[index] as number,
    priceTicks: pricesTicks[index] as number,
    lots: quantitiesLots[index] as number,
  }));
  return planned.map(({ maker, priceTicks, lots }) => {
    const notional = notionalMinor(instrument, priceTicks, lots);
    const event: TradeExecuted = {
      kind: 'TradeExecuted',
      tradeNumber: host.state.nextTradeNumber,
      sagaNumber: host.sagas.nextNumber,
      makerOrderNumber: maker,
      takerOrderNumber: order.number,
      priceTicks,
      quantityLots: lots,
      makerFeeMinor: feeMinor(notional, instrument.makerFeeBps),
      takerFeeMinor: feeMinor(notional, instrument.takerFeeBps),
    };
    host.turn.emit(event);
    host.beginSaga(event.sagaNumber);
    reportTrade(host, event.tradeNumber, maker);
    return reportTrade(host, event.tradeNumber, order.number);
  });
}

/** A hold always has a price, so a market order is planned with its collar and never at any price. */
function planLimit(side: Side, limitTicks: number): number {
  if (limitTicks === MARKET) throw new Error(`a ${side} order reached the book without a price`);
  return limitTicks;
}

function settleRemainder(host: TradingHost, order: Order): void {
  if (order.leavesLots === 0) return;
  const { number: orderNumber, leavesLots } = order;
  if (rests(order)) return host.turn.emit({ kind: 'OrderOpened', orderNumber, leavesLots });
  host.turn.emit({
    kind: 'OrderCanceled',
    orderNumber,
    sagaNumber: 0,
    canceledLots: leavesLots,
    cause: 'IOC_REMAINDER',
  });
  report(host, order, 'CANCELED');
}

function rests(order: Order): boolean {
  return order.terms.timeInForce === 'DAY' || order.terms.timeInForce === 'GTC';
}

function report(host: TradingHost, order: Order, execType: 'NEW' | 'CANCELED'): void {
  const atMicros = host.nowMicros;
  const view = execType === 'NEW' ? { ...viewOf(order), status: 'NEW' as const } : viewOf(order);
  host.turn.publish({ kind: 'report', report: { execType, order: view, atMicros, trade: undefined } });
}

function reportTrade(host: TradingHost, tradeNumber: number, orderNumber: number): Report {
  const order = viewOf(orderOf(host.state, orderNumber));
  const trade = tradeViewOf(tradeOf(host.state, tradeNumber), orderNumber);
  const made: Report = { execType: 'TRADE', order, atMicros: host.nowMicros, trade };
  host.turn.publish({ kind: 'report', report: made });
  return made;
}

import { StopBook } from '@clearway/domain-matching';
import { type StepOutcome, SUCCEEDED } from '@clearway/domain-saga';
import { reason } from '@clearway/kernel';
import { admit } from './admission';
import type { TradingHost } from './host';
import { limitTicksOf, matchOrder } from './match-order';
import { isStop, type Order } from './order';
import { viewOf } from './reports';
import { type Market, marketOf, marketPriceTicks, orderOf } from './state';
import { stopPriceTicksOf } from './stop-price';

/**
 * Brings a reserved order to the book: it trades, rests, or is refused. The pivot of PlaceOrder. `protectionTicks` is the
 * worst price that its hold covers; the order never trades beyond it.
 */
export function submitOrder(host: TradingHost, orderNumber: number, protectionTicks: number): StepOutcome {
  const order = orderOf(host.state, orderNumber);
  const market = marketOf(host.state, order.terms.symbol);
  if (isStop(order.terms) && (market.phase !== 'CONTINUOUS' || !isReached(order, market)))
    return letStopWait(host, order, protectionTicks);
  const limitTicks = limitTicksOf(order, protectionTicks);
  const refusal = admit('submit', host, market, order.terms, limitTicks, order);
  if (refusal) return { status: 'refused', reasons: [reason(refusal)] };
  reportNew(host, order);
  const fills = matchOrder(host, order, market, limitTicks, true);
  host.turn.publish({ kind: 'placed', order: viewOf(order), fills });
  return SUCCEEDED;
}

/** Lets a stop order whose price has not come wait for it. The pivot of PlaceOrder, too. */
function letStopWait(host: TradingHost, order: Order, protectionTicks: number): StepOutcome {
  const market = marketOf(host.state, order.terms.symbol);
  const refusal = admit('stop', host, market, order.terms, protectionTicks, order);
  if (refusal) return { status: 'refused', reasons: [reason(refusal)] };
  const stopPriceTicks = stopPriceTicksOf(order.terms, market);
  host.turn.emit({ kind: 'StopWaiting', orderNumber: order.number, stopPriceTicks, protectionTicks });
  reportNew(host, order);
  host.turn.publish({ kind: 'placed', order: viewOf(order), fills: [] });
  return SUCCEEDED;
}

function isReached({ terms }: Order, market: Market): boolean {
  const { stopPriceTicks } = terms.extras ?? {};
  return (
    stopPriceTicks !== undefined && StopBook.isReached(terms.side, stopPriceTicks, marketPriceTicks(market))
  );
}

function reportNew(host: TradingHost, order: Order): void {
  const view = { ...viewOf(order), status: 'NEW' as const };
  const report = { execType: 'NEW', order: view, atMicros: host.nowMicros, trade: undefined } as const;
  host.turn.publish({ kind: 'report', report });
}

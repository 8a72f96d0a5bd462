import { type StepOutcome, SUCCEEDED } from '@clearway/domain-saga';
import { reason } from '@clearway/kernel';
import { admit } from './admission';
import type { TradingHost } from './host';
import { matchOrder } from './match-order';
import type { Order } from './order';
import { viewOf } from './reports';
import { marketOf, orderOf } from './state';

/**
 * Brings a reserved order to the book: it trades, rests, or is refused. The pivot of PlaceOrder. `protectionTicks` is the
 * worst price that its hold covers; the order never trades beyond it.
 */
export function submitOrder(host: TradingHost, orderNumber: number, protectionTicks: number): StepOutcome {
  const order = orderOf(host.state, orderNumber);
  const market = marketOf(host.state, order.terms.symbol);
  const limitTicks = order.terms.ordType === 'MARKET' ? protectionTicks : order.terms.priceTicks;
  const refusal = admit('submit', host.state, market, order.terms, limitTicks, order);
  if (refusal) return { status: 'refused', reasons: [reason(refusal)] };
  reportNew(host, order);
  const fills = matchOrder(host, order, market, limitTicks, true);
  host.turn.publish({ kind: 'placed', order: viewOf(order), fills });
  return SUCCEEDED;
}

function reportNew(host: TradingHost, order: Order): void {
  const view = { ...viewOf(order), status: 'NEW' as const };
  const report = { execType: 'NEW', order: view, atMicros: host.nowMicros, trade: undefined } as const;
  host.turn.publish({ kind: 'report', report });
}

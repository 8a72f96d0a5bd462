import { admit } from './admission';
import { takeOff } from './cancel-order';
import type { TradingHost } from './host';
import { limitTicksOf, matchOrder } from './match-order';
import type { Order } from './order';
import { viewOf } from './reports';
import { marketOf, orderOf } from './state';

/** Stop orders that one command brings to the book; the rest follow with the next, so that no cascade grows without bound. */
export const STOPS_A_TURN_MAX = 200;

/**
 * Brings stop orders that trades have released to the book, in the order of their release; what they trade may release others.
 * Those of an instrument that is not in continuous trading wait until it is. Costs nothing while none is released.
 */
export function triggerStops(host: TradingHost): void {
  const { elected } = host.state;
  for (let count = 0; elected.length > 0 && count < STOPS_A_TURN_MAX; count += 1) {
    const next = elected.find((orderNumber) => mayTrigger(host, orderNumber));
    if (next === undefined) return;
    trigger(host, orderOf(host.state, next));
  }
  if (elected.some((orderNumber) => mayTrigger(host, orderNumber))) host.turn.publish({ kind: 'stops-due' });
}

function mayTrigger(host: TradingHost, orderNumber: number): boolean {
  const order = orderOf(host.state, orderNumber);
  const market = marketOf(host.state, order.terms.symbol);
  return admit('release', host, market, order.terms, 0, order) === undefined;
}

/** The order passes the same table of admission as one that has just come. */
function trigger(host: TradingHost, order: Order): void {
  host.turn.emit({ kind: 'StopTriggered', orderNumber: order.number });
  const report = {
    execType: 'TRIGGERED',
    order: viewOf(order),
    atMicros: host.nowMicros,
    trade: undefined,
  } as const;
  host.turn.publish({ kind: 'report', report });
  const market = marketOf(host.state, order.terms.symbol);
  const limitTicks = limitTicksOf(order, order.stop?.protectionTicks ?? 0);
  const refusal = admit('trigger', host, market, order.terms, limitTicks, order);
  if (refusal) takeOff(host, order, refusal);
  else matchOrder(host, order, market, limitTicks, false);
}

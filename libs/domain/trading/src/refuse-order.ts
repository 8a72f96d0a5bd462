import type { Reason } from '@clearway/kernel';
import { inPrecedence } from '@clearway/kernel';
import type { TradingHost } from './host';
import { viewOf } from './reports';
import { orderOf } from './state';

/**
 * Undoes an acceptance: the order ends as CANCELED when its owner asked for that while the hold was under way, else as
 * REJECTED with all the reasons. Its hold is released by its own saga.
 */
export function undoAcceptance(host: TradingHost, orderNumber: number, reasons: readonly Reason[]): void {
  const order = orderOf(host.state, orderNumber);
  const cause = order.cancelCause;
  if (cause) {
    host.turn.emit({
      kind: 'OrderCanceled',
      orderNumber,
      sagaNumber: 0,
      canceledLots: order.leavesLots,
      cause,
    });
  } else {
    host.turn.emit({ kind: 'OrderRejected', orderNumber, reasons: inPrecedence(reasons) });
  }
  const execType = cause ? 'CANCELED' : 'REJECTED';
  const view = viewOf(order);
  host.turn.publish({
    kind: 'report',
    report: { execType, order: view, atMicros: host.nowMicros, trade: undefined },
  });
  host.turn.publish({ kind: 'placed', order: view, fills: [] });
}

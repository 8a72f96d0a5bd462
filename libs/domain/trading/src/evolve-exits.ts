import { type ReasonCode, reason } from '@clearway/kernel';
import type { OrderReduced } from './events';
import { startAdjustment } from './evolve-holds';
import { countKilled } from './evolve-kill-switch';
import { closeIfDone, leftBook, touch } from './evolve-order-life';
import { stopWaiting } from './evolve-stops';
import { isOpen, type Order, workingStatus } from './order';
import { applySagaStart } from './sagas';
import { marketOf, orderOf, type TradingState } from './state';

/** Notes that an order is to be canceled: when risk has answered, or when the auction that it stands in has been carried out. */
export function cancelRequested(
  state: TradingState,
  order: Order,
  cause: ReasonCode,
  timeMicros: number,
): void {
  touch(order, { status: 'PENDING_CANCEL', cancelCause: cause }, timeMicros);
  if (order.resting) marketOf(state, order.terms.symbol).uncrossing?.cancels.push(order.number);
}

/** Cancels or expires what is left of an order, with the saga that releases its hold; 0 while its own saga does that. */
export function takenOff(
  state: TradingState,
  orderNumber: number,
  sagaNumber: number,
  lots: number,
  cause: Parameters<typeof reason>[0],
  timeMicros: number,
): void {
  const order = orderOf(state, orderNumber);
  if (order.resting) marketOf(state, order.terms.symbol).book.remove(orderNumber);
  if (cause === 'KILL_SWITCH') countKilled(state, order);
  stopWaiting(state, order);
  order.leavesLots -= lots;
  order.canceledLots += lots;
  leftBook(state, order);
  if (sagaNumber === 0) order.canceledOnEntryLots += lots;
  const status = cause === 'DAY_ENDED' || cause === 'GTD_EXPIRED' ? 'EXPIRED' : 'CANCELED';
  touch(order, { status, reasons: [reason(cause)] }, timeMicros);
  if (sagaNumber !== 0) {
    order.openSagas += 1;
    applySagaStart(state, {
      number: sagaNumber,
      kind: 'CancelOrder',
      subject: orderNumber,
      atMicros: timeMicros,
    });
  }
  closeIfDone(state, order);
}

/** Takes lots off an order, with the saga that releases their hold; 0 while its own saga does that. */
export function reduced(state: TradingState, event: OrderReduced, timeMicros: number): void {
  const { orderNumber, sagaNumber, canceledLots: lots, cause } = event;
  const order = orderOf(state, orderNumber);
  if (order.resting) marketOf(state, order.terms.symbol).book.reduce(orderNumber, lots);
  order.leavesLots -= lots;
  order.canceledLots += lots;
  if (!isOpen(order)) leftBook(state, order);
  touch(order, { status: workingStatus(order), reasons: [...order.reasons, reason(cause)] }, timeMicros);
  if (sagaNumber === 0) order.canceledOnEntryLots += lots;
  else {
    order.adjustedLots += lots;
    startAdjustment(state, sagaNumber, { orderNumber, lots, priceTicks: 0, version: 0 }, timeMicros);
  }
  closeIfDone(state, order);
}

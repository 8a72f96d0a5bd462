import { participantOf, type ReasonCode, reason } from '@clearway/kernel';
import type { CancelOrder, OrderReference, TradingOutcome } from './commands';
import { expiryCauseOf } from './evolve-expiry';
import type { TradingHost } from './host';
import { isOpen, type Order } from './order';
import { viewOf } from './reports';
import { keyOf, mayTakeOff, nextChangeMicros, orderOf, type TradingState } from './state';

/** Most orders that expire in one turn; the rest follow in the next. */
const EXPIRED_A_TURN_MAX = 1_000;

/** Takes what is left of an order off the book, or marks one that has not reached it yet or stands in an auction that is carried out. */
export function cancelOrder(host: TradingHost, command: CancelOrder): TradingOutcome {
  const order = findOrder(host.state, command.reference);
  const foreign =
    order && command.participant !== undefined && participantOf(order.terms.account) !== command.participant;
  if (!order || foreign) return { kind: 'refused', reason: reason('UNKNOWN_ORDER') };
  if (!isOpen(order)) return { kind: 'too-late', order: viewOf(order) };
  if (mayTakeOff(host.state, order)) return takeOff(host, order, command.cause);
  if (!order.cancelCause) {
    host.turn.emit({ kind: 'CancelRequested', orderNumber: order.number, cause: command.cause });
    publish(host, order, 'PENDING_CANCEL');
  }
  return { kind: 'cancel-pending', orderNumber: order.number };
}

/**
 * Expires open orders whose time has come: DAY orders with their day, GTD orders with theirs. It runs before every command, so
 * that none trades with an order that is over. A change of a phase that is still due comes before what expires at its time; one that
 * takes turns holds up its own book alone.
 */
export function expireDue(host: TradingHost): void {
  const { state, nowMicros } = host;
  if (state.expiries.nextAtMicros <= nowMicros)
    expireUntil(host, Math.min(nowMicros, nextChangeMicros(state) - 1));
}

/** Expires what is due up to a time, a turn's number of it; false if there is more. */
export function expireUntil(host: TradingHost, timeMicros: number): boolean {
  const { expiries } = host.state;
  for (const orderNumber of expiries.dueAt(timeMicros, EXPIRED_A_TURN_MAX))
    expire(host, orderOf(host.state, orderNumber));
  return expiries.nextAtMicros > timeMicros;
}

/** Finds an order by its number or by its owner's key; undefined when it is not (or no longer) in memory. */
export function findOrder(state: TradingState, reference: OrderReference): Order | undefined {
  if ('orderNumber' in reference) return state.orders.get(reference.orderNumber);
  const number = state.keys.get(keyOf(reference.account, reference.clOrdId));
  return number === undefined ? undefined : state.orders.get(number);
}

/** Takes a resting order off the book and starts the saga that releases its hold. */
export function takeOff(host: TradingHost, order: Order, cause: ReasonCode): TradingOutcome {
  const sagaNumber = host.sagas.nextNumber;
  const canceledLots = order.leavesLots;
  host.turn.emit({ kind: 'OrderCanceled', orderNumber: order.number, sagaNumber, canceledLots, cause });
  publish(host, order, 'CANCELED');
  host.beginSaga(sagaNumber);
  return { kind: 'canceled', order: viewOf(order) };
}

function expire(host: TradingHost, order: Order): void {
  const sagaNumber = host.sagas.nextNumber;
  host.turn.emit({
    kind: 'OrderExpired',
    orderNumber: order.number,
    sagaNumber,
    expiredLots: order.leavesLots,
    cause: expiryCauseOf(order.terms),
  });
  publish(host, order, 'EXPIRED');
  host.beginSaga(sagaNumber);
}

function publish(host: TradingHost, order: Order, execType: 'CANCELED' | 'EXPIRED' | 'PENDING_CANCEL'): void {
  const report = { execType, order: viewOf(order), atMicros: host.nowMicros, trade: undefined };
  host.turn.publish({ kind: 'report', report });
}

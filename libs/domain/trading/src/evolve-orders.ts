import { participantOf } from '@clearway/kernel';
import type { TradingEvent } from './events';
import { expireLater } from './evolve-expiry';
import { closeIfDone, touch } from './evolve-order-life';
import { letWait, stopWaiting } from './evolve-stops';
import { type Order, type OrderTerms, workingStatus } from './order';
import { applySagaStart } from './sagas';
import { keyOf, marketOf, orderOf, setOwner, type TradingState } from './state';

/** Takes a new order in, with the saga that places it; 0 for an order that needs none. */
export function accepted(
  state: TradingState,
  number: number,
  sagaNumber: number,
  terms: OrderTerms,
  timeMicros: number,
): void {
  state.nextOrderNumber = number + 1;
  if (!state.owners.has(terms.account)) setOwner(state, terms.account, newOwner(state, terms.account));
  state.keys.set(keyOf(terms.account, terms.clOrdId), number);
  state.orders.set(number, {
    number,
    terms,
    acceptedAtMicros: timeMicros,
    status: 'PENDING_NEW',
    leavesLots: terms.quantityLots,
    cumLots: 0,
    canceledLots: 0,
    bustedLots: 0,
    canceledOnEntryLots: 0,
    adjustedLots: 0,
    cumTickLots: 0n,
    unsettledLots: 0,
    resting: false,
    cancelCause: undefined,
    openSagas: sagaNumber === 0 ? 0 : 1,
    reasons: [],
    updatedAtMicros: timeMicros,
    amend: undefined,
    stop: undefined,
  });
  if (sagaNumber === 0) return;
  applySagaStart(state, { number: sagaNumber, kind: 'PlaceOrder', subject: number, atMicros: timeMicros });
}

/** The number of the account's participant, whose other accounts may have it already: self-trades are between participants. */
function newOwner({ participants }: TradingState, account: string): number {
  return participants.get(participantOf(account)) ?? participants.size + 1;
}

/** Puts what is left of an order on the book. */
export function opened(state: TradingState, order: Order, timeMicros: number): void {
  const { side, priceTicks, symbol, account, timeInForce, extras } = order.terms;
  marketOf(state, symbol).book.rest(
    order.number,
    side,
    priceTicks,
    order.leavesLots,
    state.owners.get(account),
    extras?.displayLots,
  );
  touch(order, { resting: true, status: workingStatus(order) }, timeMicros);
  if (timeInForce !== 'GTC') expireLater(state, order);
}

/** Lets an order at market wait for the auction, with the best priority. */
export function openedAtMarket(
  state: TradingState,
  order: Order,
  protectionTicks: number,
  timeMicros: number,
): void {
  const { side, symbol, account } = order.terms;
  const owner = state.owners.get(account);
  marketOf(state, symbol).book.restAtMarket(order.number, side, order.leavesLots, owner);
  order.stop = { stopPriceTicks: 0, protectionTicks, isWaiting: false };
  touch(order, { resting: true, status: workingStatus(order) }, timeMicros);
}

/** Ends an order that never came to the book. */
export function rejected(
  state: TradingState,
  order: Order,
  event: Extract<TradingEvent, { kind: 'OrderRejected' }>,
  timeMicros: number,
): void {
  const canceledLots = order.canceledLots + order.leavesLots;
  touch(order, { status: 'REJECTED', leavesLots: 0, canceledLots, reasons: event.reasons }, timeMicros);
  closeIfDone(state, order);
}

/** Lets a stop order wait for its price. */
export function waits(
  state: TradingState,
  { orderNumber, stopPriceTicks, protectionTicks }: Extract<TradingEvent, { kind: 'StopWaiting' }>,
  timeMicros: number,
): void {
  const order = orderOf(state, orderNumber);
  letWait(state, order, stopPriceTicks, protectionTicks);
  expireLater(state, order);
  touch(order, { status: 'NEW' }, timeMicros);
}

/** Takes an elected stop order out of those that wait; what it does on the book comes as events of its own. */
export function triggered(state: TradingState, order: Order, timeMicros: number): void {
  stopWaiting(state, order);
  state.expiries.remove(order.number);
  touch(order, {}, timeMicros);
}

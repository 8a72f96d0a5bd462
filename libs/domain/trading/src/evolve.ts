import type { SagaEvent } from '@clearway/domain-saga';
import { participantOf, reason } from '@clearway/kernel';
import type { OrderReduced, OrderReplaced, TradeExecuted, TradingEvent } from './events';
import { expireLater } from './evolve-expiry';
import { phaseChanged, statusChanged } from './evolve-phases';
import {
  applyReplacement,
  holdLowered,
  keysOf,
  priorTradeEnded,
  refuseReplacement,
  rememberReplacement,
  replaceSagaEnded,
} from './evolve-replace';
import { electStops, letWait, stopWaiting } from './evolve-stops';
import { covers, type KillScope, type KillSwitch } from './kill-scope';
import { isOpen, type Order, type OrderTerms, workingStatus } from './order';
import { applySagaStart } from './sagas';
import {
  addMarket,
  CLOSED_ORDERS_MAX,
  type HoldAdjustment,
  keyOf,
  type Market,
  marketOf,
  orderOf,
  type TradingState,
  tradeOf,
} from './state';

/** Applies one event in place. The only code that changes trading's state. */
export function evolve(state: TradingState, event: TradingEvent, timeMicros: number): void {
  switch (event.kind) {
    case 'InstrumentListed':
      return addMarket(state, event.instrument, timeMicros);
    case 'TradingStatusChanged':
      return statusChanged(state, event.symbol, event.status);
    case 'PhaseChanged':
      return phaseChanged(state, event);
    case 'OrderAccepted':
      return accepted(state, event.orderNumber, event.sagaNumber, event.terms, timeMicros);
    case 'OrderOpened':
      return opened(state, orderOf(state, event.orderNumber), timeMicros);
    case 'OrderOpenedAtMarket':
      return openedAtMarket(state, orderOf(state, event.orderNumber), event.protectionTicks, timeMicros);
    case 'TradeExecuted':
      return executed(state, event, timeMicros);
    case 'OrderRejected':
      return rejected(state, orderOf(state, event.orderNumber), event, timeMicros);
    case 'CancelRequested':
      return touch(
        orderOf(state, event.orderNumber),
        { status: 'PENDING_CANCEL', cancelCause: event.cause },
        timeMicros,
      );
    case 'OrderCanceled':
      return takenOff(
        state,
        event.orderNumber,
        event.sagaNumber,
        event.canceledLots,
        event.cause,
        timeMicros,
      );
    case 'OrderReduced':
      return reduced(state, event, timeMicros);
    case 'ReplaceRequested':
      return replaceRequested(state, event, timeMicros);
    case 'OrderReplaced':
      return replaced(state, event, timeMicros);
    case 'ReplaceRefused':
      return refuseReplacement(orderOf(state, event.orderNumber), event.reasons);
    case 'HoldLowering':
      return holdLowering(state, event, timeMicros);
    case 'OrderExpired':
      return takenOff(state, event.orderNumber, event.sagaNumber, event.expiredLots, event.cause, timeMicros);
    case 'StopWaiting':
      return waits(state, event, timeMicros);
    case 'StopTriggered':
      return triggered(state, orderOf(state, event.orderNumber), timeMicros);
    case 'TradeBusted':
      return busted(state, event, timeMicros);
    case 'KillSwitchEngaged':
    case 'KillSwitchProven':
    case 'KillSwitchReleaseRequested':
    case 'KillSwitchReleased':
      return killSwitchMoved(state, event, timeMicros);
    case 'Saga':
      return sagaMoved(state, event.saga);
  }
}

function touch(order: Order, change: Partial<Order>, timeMicros: number): void {
  Object.assign(order, change);
  order.updatedAtMicros = timeMicros;
}

function accepted(
  state: TradingState,
  number: number,
  sagaNumber: number,
  terms: OrderTerms,
  timeMicros: number,
): void {
  state.nextOrderNumber = number + 1;
  if (!state.owners.has(terms.account)) state.owners.set(terms.account, newOwner(state, terms.account));
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
function newOwner(state: TradingState, account: string): number {
  const participant = participantOf(account);
  let highest = 0;
  for (const [known, owner] of state.owners) {
    if (participantOf(known) === participant) return owner;
    highest = Math.max(highest, owner);
  }
  return highest + 1;
}

function opened(state: TradingState, order: Order, timeMicros: number): void {
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
function openedAtMarket(
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

function executed(state: TradingState, event: TradeExecuted, timeMicros: number): void {
  const maker = orderOf(state, event.makerOrderNumber);
  const taker = orderOf(state, event.takerOrderNumber);
  const market = marketOf(state, maker.terms.symbol);
  const makerBuys = maker.terms.side === 'BUY';
  const { kind: _kind, tradeNumber, ...rest } = event;
  state.nextTradeNumber = tradeNumber + 1;
  state.trades.set(tradeNumber, {
    ...rest,
    number: tradeNumber,
    symbol: maker.terms.symbol,
    buyOrderNumber: makerBuys ? maker.number : taker.number,
    sellOrderNumber: makerBuys ? taker.number : maker.number,
    busted: false,
  });
  const { priceTicks, quantityLots } = event;
  const { symbol } = maker.terms;
  state.tape.note({ kind: 'traded', symbol, tradeNumber, side: taker.terms.side, priceTicks, quantityLots });
  market.book.fill(maker.number, quantityLots);
  market.lastPriceTicks = priceTicks;
  fill(maker, event, timeMicros);
  fill(taker, event, timeMicros);
  if (!isOpen(maker)) leftBook(state, maker);
  if (taker.resting) filledInAuction(state, market, taker, quantityLots);
  if (market.stops.orderCount > 0) electStops(state, market, priceTicks);
  applySagaStart(state, {
    number: event.sagaNumber,
    kind: 'SettleTrade',
    subject: tradeNumber,
    atMicros: timeMicros,
  });
}

/** In an auction both orders rest. */
function filledInAuction(state: TradingState, { book }: Market, taker: Order, lots: number): void {
  book.fill(taker.number, lots);
  if (!isOpen(taker)) leftBook(state, taker);
}

function fill(order: Order, trade: TradeExecuted, timeMicros: number): void {
  order.leavesLots -= trade.quantityLots;
  order.cumLots += trade.quantityLots;
  order.unsettledLots += trade.quantityLots;
  order.cumTickLots += BigInt(trade.priceTicks) * BigInt(trade.quantityLots);
  order.openSagas += 1;
  touch(order, { status: workingStatus(order) }, timeMicros);
}

function rejected(
  state: TradingState,
  order: Order,
  event: Extract<TradingEvent, { kind: 'OrderRejected' }>,
  timeMicros: number,
): void {
  const canceledLots = order.canceledLots + order.leavesLots;
  touch(order, { status: 'REJECTED', leavesLots: 0, canceledLots, reasons: event.reasons }, timeMicros);
  closeIfDone(state, order);
}

function takenOff(
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

function reduced(state: TradingState, event: OrderReduced, timeMicros: number): void {
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

function replaceRequested(
  state: TradingState,
  event: Extract<TradingEvent, { kind: 'ReplaceRequested' }>,
  timeMicros: number,
): void {
  const { orderNumber, sagaNumber } = event;
  const order = orderOf(state, orderNumber);
  rememberReplacement(state, order, sagaNumber, event);
  order.updatedAtMicros = timeMicros;
  if (sagaNumber === 0) return;
  order.openSagas += 1;
  applySagaStart(state, {
    number: sagaNumber,
    kind: 'ReplaceOrder',
    subject: orderNumber,
    atMicros: timeMicros,
  });
}

function replaced(state: TradingState, event: OrderReplaced, timeMicros: number): void {
  const { orderNumber, leavesLots, keepsPlace, releaseSagaNumber } = event;
  const order = orderOf(state, orderNumber);
  const lots = Math.max(0, order.leavesLots - leavesLots);
  applyReplacement(state, order, event);
  order.updatedAtMicros = timeMicros;
  if (leavesLots === 0 || (!keepsPlace && order.resting)) leftBook(state, order);
  if (releaseSagaNumber !== 0)
    startAdjustment(state, releaseSagaNumber, { orderNumber, lots, priceTicks: 0, version: 0 }, timeMicros);
  closeIfDone(state, order);
}

function holdLowering(
  state: TradingState,
  { orderNumber, sagaNumber, priceTicks }: Extract<TradingEvent, { kind: 'HoldLowering' }>,
  timeMicros: number,
): void {
  const order = orderOf(state, orderNumber);
  holdLowered(state, order, priceTicks);
  const version = order.amend?.version ?? 0;
  startAdjustment(state, sagaNumber, { orderNumber, lots: 0, priceTicks, version }, timeMicros);
}

function waits(
  state: TradingState,
  { orderNumber, stopPriceTicks, protectionTicks }: Extract<TradingEvent, { kind: 'StopWaiting' }>,
  timeMicros: number,
): void {
  const order = orderOf(state, orderNumber);
  letWait(state, order, stopPriceTicks, protectionTicks);
  expireLater(state, order);
  touch(order, { status: 'NEW' }, timeMicros);
}

function triggered(state: TradingState, order: Order, timeMicros: number): void {
  stopWaiting(state, order);
  state.expiries.remove(order.number);
  touch(order, {}, timeMicros);
}

function startAdjustment(
  state: TradingState,
  sagaNumber: number,
  adjustment: HoldAdjustment,
  timeMicros: number,
): void {
  const { orderNumber } = adjustment;
  orderOf(state, orderNumber).openSagas += 1;
  state.holdAdjustments.set(sagaNumber, adjustment);
  applySagaStart(state, {
    number: sagaNumber,
    kind: 'AdjustHold',
    subject: orderNumber,
    atMicros: timeMicros,
  });
}

function countKilled(state: TradingState, { terms }: Order): void {
  for (const killSwitch of state.killSwitches.values())
    if (covers(killSwitch.scope, terms)) killSwitch.canceledOrders += 1;
}

function leftBook(state: TradingState, order: Order): void {
  order.resting = false;
  if (!isOpen(order) && state.overheld.size > 0) state.overheld.delete(order.number);
  if (order.terms.timeInForce !== 'GTC') state.expiries.remove(order.number);
}

function busted(
  state: TradingState,
  event: Extract<TradingEvent, { kind: 'TradeBusted' }>,
  timeMicros: number,
): void {
  const trade = tradeOf(state, event.tradeNumber);
  trade.busted = true;
  state.tape.note({ kind: 'busted', symbol: trade.symbol, tradeNumber: trade.number });
  state.tradesBusted += 1;
  const tickLots = BigInt(trade.priceTicks) * BigInt(trade.quantityLots);
  for (const number of [trade.buyOrderNumber, trade.sellOrderNumber]) {
    const order = orderOf(state, number);
    order.cumLots -= trade.quantityLots;
    order.bustedLots += trade.quantityLots;
    order.unsettledLots -= trade.quantityLots;
    order.cumTickLots -= tickLots;
    const ended = order.status === 'CANCELED' || order.status === 'EXPIRED';
    const status = ended ? order.status : workingStatus(order);
    touch(order, { status, reasons: [...order.reasons, ...event.reasons] }, timeMicros);
  }
}

type KillSwitchEvent = Extract<TradingEvent, { kind: `KillSwitch${string}` }>;

function killSwitchMoved(state: TradingState, event: KillSwitchEvent, timeMicros: number): void {
  switch (event.kind) {
    case 'KillSwitchEngaged': {
      const { scope, operator: engagedBy, note } = event;
      const none = { provenAtMicros: 0, canceledOrders: 0, releaseRequestedBy: '' };
      state.killSwitches.set(scope, { scope, engagedBy, note, engagedAtMicros: timeMicros, ...none });
      return;
    }
    case 'KillSwitchProven':
      return proven(state, event.scope, timeMicros);
    case 'KillSwitchReleaseRequested':
      killSwitchOf(state, event.scope).releaseRequestedBy = event.operator;
      return;
    case 'KillSwitchReleased':
      state.killSwitches.delete(event.scope);
      return;
  }
}

function killSwitchOf(state: TradingState, scope: KillScope): KillSwitch {
  const killSwitch = state.killSwitches.get(scope);
  if (!killSwitch) throw new Error(`no kill switch ${scope}`);
  return killSwitch;
}

function proven(state: TradingState, scope: KillScope, timeMicros: number): void {
  killSwitchOf(state, scope).provenAtMicros = timeMicros;
}

function sagaMoved(state: TradingState, event: SagaEvent): void {
  const saga = state.sagas.get(event.sagaNumber);
  state.sagas.evolve(event);
  const over =
    (event.kind === 'SagaAdvanced' && event.completed) ||
    (event.kind === 'StepsCompensated' && event.compensated);
  if (!saga || !over) return;
  if (saga.kind === 'SettleTrade') return tradeEnded(state, saga.subject);
  if (saga.kind === 'AdjustHold') state.holdAdjustments.delete(saga.number);
  if (saga.kind === 'ReplaceOrder') replaceSagaEnded(orderOf(state, saga.subject));
  sagaLeft(state, saga.subject);
}

function tradeEnded(state: TradingState, tradeNumber: number): void {
  const trade = tradeOf(state, tradeNumber);
  state.trades.delete(tradeNumber);
  if (!trade.busted) state.tradesSettled += 1;
  for (const number of [trade.buyOrderNumber, trade.sellOrderNumber]) {
    const order = orderOf(state, number);
    if (!trade.busted) order.unsettledLots -= trade.quantityLots;
    priorTradeEnded(order, tradeNumber, trade.quantityLots);
    sagaLeft(state, number);
  }
}

function sagaLeft(state: TradingState, orderNumber: number): void {
  const order = orderOf(state, orderNumber);
  order.openSagas -= 1;
  closeIfDone(state, order);
}

/** Nothing will change the order any more: it may be forgotten once enough others have closed after it. */
function closeIfDone(state: TradingState, order: Order): void {
  if (isOpen(order) || order.openSagas > 0) return;
  state.closed.push(order.number);
  if (state.closed.length - state.closedHead <= CLOSED_ORDERS_MAX) return;
  const oldest = orderOf(state, state.closed[state.closedHead] ?? 0);
  state.closedHead += 1;
  state.orders.delete(oldest.number);
  for (const key of keysOf(oldest)) state.keys.delete(key);
  if (state.closedHead < CLOSED_ORDERS_MAX) return;
  state.closed = state.closed.slice(state.closedHead);
  state.closedHead = 0;
}

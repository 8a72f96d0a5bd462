import { keepsPlace } from '@clearway/domain-matching';
import { type StepOutcome, SUCCEEDED } from '@clearway/domain-saga';
import { inPrecedence, type Reason, reason } from '@clearway/kernel';
import { admit } from './admission';
import type { ReplaceAnswer } from './commands';
import type { TradingHost } from './host';
import { matchOrder } from './match-order';
import { needPriceTicks, type Order, type Replacement } from './order';
import { viewOf } from './reports';
import { marketOf, orderOf } from './state';

/**
 * The pivot of ReplaceOrder: what risk holds now covers the order as it is to become, up to `protectionTicks`. Refused when the
 * book has moved on.
 */
export function replaceReserved(
  host: TradingHost,
  orderNumber: number,
  protectionTicks: number,
): StepOutcome {
  const order = orderOf(host.state, orderNumber);
  const wanted = pendingOf(order);
  const market = marketOf(host.state, order.terms.symbol);
  const terms = { ...order.terms, priceTicks: wanted.priceTicks };
  const path = order.stop?.isWaiting ? 'replace-stop' : 'replace';
  const refusal = admit(path, host, market, terms, protectionTicks, order);
  if (refusal) return { status: 'refused', reasons: [reason(refusal)] };
  host.turn.publish({ kind: 'replaced', answer: replaceInBook(host, order, wanted, protectionTicks) });
  return SUCCEEDED;
}

/**
 * Gives a resting order its new terms. Where it does not keep its place it enters the book anew, may trade, and rests behind the
 * others. What is filled stays filled: a quantity below that ends the order.
 */
export function replaceInBook(
  host: TradingHost,
  order: Order,
  wanted: Replacement,
  protectionTicks: number,
): ReplaceAnswer {
  const { leavesLots: openLots, terms } = order;
  const isWaiting = order.stop?.isWaiting ?? false;
  const doneLots = terms.quantityLots - openLots;
  const leavesLots = Math.max(0, wanted.quantityLots - doneLots);
  const isKept =
    leavesLots === 0 || (isWaiting ? keepsStop(order, wanted) : keepsBook(order, wanted, leavesLots));
  const releaseSagaNumber = leavesLots < openLots ? host.sagas.nextNumber : 0;
  const quantityLots = doneLots + leavesLots;
  const { clOrdId, priceTicks, stopPriceTicks, displayLots } = wanted;
  const changed = {
    clOrdId,
    quantityLots,
    priceTicks,
    stopPriceTicks,
    displayLots,
    protectionTicks: isWaiting ? protectionTicks : 0,
  };
  const place = { leavesLots, keepsPlace: isKept, releaseSagaNumber };
  host.turn.emit({ kind: 'OrderReplaced', orderNumber: order.number, ...changed, ...place });
  const report = {
    execType: 'REPLACED',
    order: viewOf(order),
    atMicros: host.nowMicros,
    trade: undefined,
  } as const;
  host.turn.publish({ kind: 'report', report });
  if (releaseSagaNumber !== 0) host.beginSaga(releaseSagaNumber);
  const market = marketOf(host.state, terms.symbol);
  const fills = isKept || isWaiting ? [] : matchOrder(host, order, market, priceTicks, false);
  return { outcome: 'replaced', clOrdId, order: viewOf(order), fills, reasons: [] };
}

function keepsBook({ terms, leavesLots: openLots }: Order, wanted: Replacement, leavesLots: number): boolean {
  const { priceTicks, extras } = terms;
  const displayLots = extras?.displayLots ?? 0;
  return keepsPlace({ priceTicks, openLots, displayLots }, { ...wanted, openLots: leavesLots });
}

/** Among the stops only the price decides; a trailing stop has none of its own. */
function keepsStop({ terms }: Order, { stopPriceTicks }: Replacement): boolean {
  return stopPriceTicks === (terms.extras?.stopPriceTicks ?? 0);
}

/** Leaves the order as it is and says why. */
export function refuseReplace(
  host: TradingHost,
  orderNumber: number,
  reasons: readonly Reason[],
): ReplaceAnswer {
  const order = orderOf(host.state, orderNumber);
  const { clOrdId } = pendingOf(order);
  host.turn.emit({ kind: 'ReplaceRefused', orderNumber, reasons: inPrecedence(reasons) });
  const isLate = reasons.some(({ code }) => code === 'TOO_LATE_TO_REPLACE');
  const outcome = isLate ? 'too-late' : 'refused';
  return { outcome, clOrdId, order: viewOf(order), fills: [], reasons: inPrecedence(reasons) };
}

/** Undoes a ReplaceOrder saga: the order stays, and whoever waits is told. */
export function undoReplace(host: TradingHost, orderNumber: number, reasons: readonly Reason[]): void {
  host.turn.publish({ kind: 'replaced', answer: refuseReplace(host, orderNumber, reasons) });
}

/**
 * Has risk lower the holds of replaced orders to their present price, where nothing that traded at the former one is left to
 * settle. Costs nothing while there is no such order.
 */
export function lowerHolds(host: TradingHost): void {
  if (host.state.overheld.size === 0) return;
  for (const orderNumber of [...host.state.overheld].sort((a, b) => a - b)) {
    const order = orderOf(host.state, orderNumber);
    const { amend } = order;
    if (amend?.sagaNumber !== 0 || amend.priorUnsettledLots > 0) continue;
    const sagaNumber = host.sagas.nextNumber;
    host.turn.emit({ kind: 'HoldLowering', orderNumber, sagaNumber, priceTicks: needPriceTicks(order) });
    host.beginSaga(sagaNumber);
  }
}

function pendingOf({ number, amend }: Order): Replacement {
  const last = amend?.records.at(-1);
  if (last?.outcome !== 'pending') throw new Error(`order ${number} is not being replaced`);
  return last;
}

import type { Reason } from '@clearway/kernel';
import type { OrderReplaced } from './events';
import { letWait, stopWaiting } from './evolve-stops';
import {
  type Amendments,
  isOpen,
  needPriceTicks,
  type Order,
  type OrderTerms,
  type Replacement,
  workingStatus,
} from './order';
import { keyOf, marketOf, type TradingState } from './state';

/** Replacements of one order that are remembered for repeated keys; older ones are forgotten. */
export const REPLACES_KEPT_MAX = 64;

/** Remembers a replacement under its key. */
export function rememberReplacement(
  state: TradingState,
  order: Order,
  sagaNumber: number,
  { clOrdId, quantityLots, priceTicks, stopPriceTicks, displayLots }: Replacement,
): void {
  const amend = order.amend ?? firstAmendments(order);
  const wanted = { clOrdId, quantityLots, priceTicks, stopPriceTicks, displayLots };
  const record = { ...wanted, outcome: 'pending', reasons: [] } as const;
  const forgotten = amend.records.slice(0, Math.max(0, amend.records.length + 1 - REPLACES_KEPT_MAX));
  for (const { clOrdId: old } of forgotten)
    if (old !== order.terms.clOrdId) state.keys.delete(keyOf(order.terms.account, old));
  const records = [...amend.records.slice(forgotten.length), record];
  order.amend = { ...amend, records, version: amend.version + 1, sagaNumber };
  state.keys.set(keyOf(order.terms.account, clOrdId), order.number);
}

/** Gives the order its new terms, and its place in the book where it keeps it. */
export function applyReplacement(state: TradingState, order: Order, event: OrderReplaced): void {
  const { priceTicks, leavesLots, protectionTicks } = event;
  const isWaiting = order.stop?.isWaiting ?? false;
  if (isWaiting) leaveStops(state, order, event);
  else moveInBook(state, order, event);
  const amend = answeredAmendments(order, 'replaced', []);
  const newPriceTicks = protectionTicks || priceTicks;
  const { latePriceTicks = amend.heldPriceTicks, ...kept } = amend;
  const heldBefore = worsePriceTicks(order, amend.heldPriceTicks, latePriceTicks);
  const heldPriceTicks = worsePriceTicks(order, heldBefore, newPriceTicks);
  order.amend = {
    ...kept,
    origClOrdId: order.terms.clOrdId,
    heldPriceTicks,
    tradesBelow: state.nextTradeNumber,
    priorUnsettledLots: order.unsettledLots,
  };
  order.terms = termsAfter(order.terms, event);
  order.leavesLots = leavesLots;
  order.status = workingStatus(order);
  if (order.stop?.isWaiting) order.stop = { ...order.stop, protectionTicks };
  else if (isWaiting && leavesLots > 0) letWait(state, order, event.stopPriceTicks, protectionTicks);
  if (heldPriceTicks === newPriceTicks) state.overheld.delete(order.number);
  else state.overheld.add(order.number);
}

function moveInBook(state: TradingState, order: Order, { keepsPlace, leavesLots }: OrderReplaced): void {
  const { book } = marketOf(state, order.terms.symbol);
  if (!keepsPlace || leavesLots === 0) book.remove(order.number);
  else if (leavesLots < order.leavesLots) book.reduce(order.number, order.leavesLots - leavesLots);
}

function leaveStops(state: TradingState, order: Order, { keepsPlace, leavesLots }: OrderReplaced): void {
  if (!keepsPlace || leavesLots === 0) stopWaiting(state, order);
}

function termsAfter(terms: OrderTerms, event: OrderReplaced): OrderTerms {
  const { clOrdId, quantityLots, priceTicks, stopPriceTicks, displayLots } = event;
  const { extras } = terms;
  const changed = {
    ...extras,
    ...(stopPriceTicks > 0 && { stopPriceTicks }),
    ...(displayLots > 0 && { displayLots }),
  };
  return { ...terms, clOrdId, quantityLots, priceTicks, ...(extras && { extras: changed }) };
}

/** Notes that a replacement was refused. */
export function refuseReplacement(order: Order, reasons: readonly Reason[]): void {
  const { latePriceTicks: _, ...amend } = answeredAmendments(order, 'refused', reasons);
  order.amend = amend;
}

/** A ReplaceOrder saga has ended: the next replacement may come. */
export function replaceSagaEnded(order: Order): void {
  if (order.amend) order.amend = { ...order.amend, sagaNumber: 0 };
}

/** A trade of the order is settled or undone. */
export function priorTradeEnded(order: Order, tradeNumber: number, lots: number): void {
  const { amend } = order;
  if (!amend || tradeNumber >= amend.tradesBelow) return;
  order.amend = { ...amend, priorUnsettledLots: amend.priorUnsettledLots - lots };
}

/** Risk is being asked to hold the order at this price only. */
export function holdLowered(state: TradingState, order: Order, priceTicks: number): void {
  if (order.amend) order.amend = { ...order.amend, heldPriceTicks: priceTicks };
  state.overheld.delete(order.number);
}

/**
 * A lowering that is under way when risk is asked about the next replacement may come after it, and is none then. So once that
 * replacement stands, the worse price counts as held on, and the hold is lowered once more.
 */
export function expectLateLowerings(state: TradingState, order: Order): void {
  const { amend } = order;
  if (!amend) return;
  const { latePriceTicks: _, ...rest } = amend;
  let late: number | undefined;
  for (const { orderNumber, fromPriceTicks } of state.holdAdjustments.values())
    if (orderNumber === order.number && fromPriceTicks !== undefined)
      late = late === undefined ? fromPriceTicks : worsePriceTicks(order, late, fromPriceTicks);
  order.amend = late === undefined ? rest : { ...rest, latePriceTicks: late };
}

/** Every key that stands for the order. */
export function keysOf({ terms, amend }: Order): string[] {
  const ids = [terms.clOrdId, ...(amend ? [amend.original.clOrdId] : [])];
  for (const { clOrdId } of amend?.records ?? []) ids.push(clOrdId);
  return [...new Set(ids)].map((clOrdId) => keyOf(terms.account, clOrdId));
}

/** True for an order that risk may hold for a worse price than it has. */
export function isOverheld(order: Order): boolean {
  return isOpen(order) && order.amend !== undefined && order.amend.heldPriceTicks !== needPriceTicks(order);
}

function firstAmendments(order: Order): Amendments {
  return {
    original: order.terms,
    records: [],
    version: 0,
    sagaNumber: 0,
    origClOrdId: '',
    heldPriceTicks: needPriceTicks(order),
    tradesBelow: 0,
    priorUnsettledLots: 0,
  };
}

function answeredAmendments(
  order: Order,
  outcome: 'replaced' | 'refused',
  reasons: readonly Reason[],
): Amendments {
  const { amend } = order;
  const last = amend?.records.at(-1);
  if (!amend || !last) throw new Error(`order ${order.number} is not being replaced`);
  return { ...amend, records: [...amend.records.slice(0, -1), { ...last, outcome, reasons }] };
}

function worsePriceTicks({ terms }: Order, aTicks: number, bTicks: number): number {
  return terms.side === 'BUY' ? Math.max(aTicks, bTicks) : Math.min(aTicks, bTicks);
}

import type { Reason } from '@clearway/kernel';
import type { OrderReplaced } from './events';
import { type Amendments, isOpen, type Order, type Replacement, workingStatus } from './order';
import { keyOf, marketOf, type TradingState } from './state';

/** Replacements of one order that are remembered for repeated keys; older ones are forgotten. */
export const REPLACES_KEPT_MAX = 64;

/** Remembers a replacement under its key. */
export function rememberReplacement(
  state: TradingState,
  order: Order,
  sagaNumber: number,
  { clOrdId, quantityLots, priceTicks }: Replacement,
): void {
  const amend = order.amend ?? firstAmendments(order);
  const record = { clOrdId, quantityLots, priceTicks, outcome: 'pending', reasons: [] } as const;
  const forgotten = amend.records.slice(0, Math.max(0, amend.records.length + 1 - REPLACES_KEPT_MAX));
  for (const { clOrdId: old } of forgotten)
    if (old !== order.terms.clOrdId) state.keys.delete(keyOf(order.terms.account, old));
  const records = [...amend.records.slice(forgotten.length), record];
  order.amend = { ...amend, records, version: amend.version + 1, sagaNumber };
  state.keys.set(keyOf(order.terms.account, clOrdId), order.number);
}

/** Gives the order its new terms, and its place in the book where it keeps it. */
export function applyReplacement(state: TradingState, order: Order, event: OrderReplaced): void {
  const { clOrdId, quantityLots, priceTicks, leavesLots, keepsPlace } = event;
  const { book } = marketOf(state, order.terms.symbol);
  if (!keepsPlace || leavesLots === 0) book.remove(order.number);
  else if (leavesLots < order.leavesLots) book.reduce(order.number, order.leavesLots - leavesLots);
  const amend = answeredAmendments(order, 'replaced', []);
  const heldPriceTicks = worsePriceTicks(order, amend.heldPriceTicks, priceTicks);
  order.amend = {
    ...amend,
    origClOrdId: order.terms.clOrdId,
    heldPriceTicks,
    tradesBelow: state.nextTradeNumber,
    priorUnsettledLots: order.unsettledLots,
  };
  order.terms = { ...order.terms, clOrdId, quantityLots, priceTicks };
  order.leavesLots = leavesLots;
  order.status = workingStatus(order);
  if (heldPriceTicks === priceTicks) state.overheld.delete(order.number);
  else state.overheld.add(order.number);
}

/** Notes that a replacement was refused. */
export function refuseReplacement(order: Order, reasons: readonly Reason[]): void {
  order.amend = answeredAmendments(order, 'refused', reasons);
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

/** Every key that stands for the order. */
export function keysOf({ terms, amend }: Order): string[] {
  const ids = [terms.clOrdId, ...(amend ? [amend.original.clOrdId] : [])];
  for (const { clOrdId } of amend?.records ?? []) ids.push(clOrdId);
  return [...new Set(ids)].map((clOrdId) => keyOf(terms.account, clOrdId));
}

/** True for an order that risk may hold for a worse price than it has. */
export function isOverheld(order: Order): boolean {
  return isOpen(order) && order.amend !== undefined && order.amend.heldPriceTicks !== order.terms.priceTicks;
}

function firstAmendments({ terms }: Order): Amendments {
  return {
    original: terms,
    records: [],
    version: 0,
    sagaNumber: 0,
    origClOrdId: '',
    heldPriceTicks: terms.priceTicks,
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

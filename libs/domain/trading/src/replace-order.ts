import { isDisplayLots, isPriceTicks, isQuantityLots } from '@clearway/domain-matching';
import { participantOf, reason } from '@clearway/kernel';
import { admit } from './admission';
import { findOrder } from './cancel-order';
import type { ReplaceAnswer, ReplaceOrder, TradingOutcome } from './commands';
import type { FieldProblem } from './field-problem';
import type { TradingHost } from './host';
import { type Instrument, parsePriceTicks, parseQuantityLots } from './instrument';
import {
  isAtMarket,
  isOpen,
  isWorking,
  type Order,
  type OrderTerms,
  type Replacement,
  type ReplaceRecord,
  type StopState,
} from './order';
import { CL_ORD_ID, tooValuable } from './place-order';
import { refuseReplace, replaceInBook } from './replace-in-book';
import { currentViewOf, type Report, viewOf } from './reports';
import { keyOf, LIVE_SAGAS_MAX, marketOf, orderOf } from './state';

/**
 * Accepts a replacement, or finds the one that its key already stands for. One that asks for nothing more than the order has is
 * carried out at once; any other asks risk first.
 */
export function replaceOrder(host: TradingHost, command: ReplaceOrder): TradingOutcome {
  const order = findOrder(host.state, command.reference);
  const isForeign =
    order && command.participant !== undefined && participantOf(order.terms.account) !== command.participant;
  if (!order || isForeign) return { kind: 'refused', reason: reason('UNKNOWN_ORDER') };
  const market = marketOf(host.state, order.terms.symbol);
  const wanted = replacementOf(command, order, market.instrument);
  if (Array.isArray(wanted)) return { kind: 'fields-invalid', problems: wanted };
  const known = host.state.keys.get(keyOf(order.terms.account, command.clOrdId));
  if (known !== undefined) return repeated(orderOf(host.state, known), order, command, wanted);
  if (!isOpen(order)) return answered(answerOf(order, command.clOrdId, 'too-late'));
  if (!isWorking(order) || order.amend?.sagaNumber)
    return { kind: 'refused', reason: reason('ORDER_PENDING') };
  if (host.sagas.liveCount >= LIVE_SAGAS_MAX) return { kind: 'refused', reason: reason('OVERLOADED') };
  return request(host, order, wanted);
}

/** The record of a replacement that an order remembers. */
export function recordOf(order: Order, clOrdId: string): ReplaceRecord | undefined {
  return order.amend?.records.find((record) => record.clOrdId === clOrdId);
}

function request(host: TradingHost, order: Order, wanted: Replacement): TradingOutcome {
  const { number: orderNumber, terms } = order;
  const asksRisk =
    wanted.quantityLots > terms.quantityLots ||
    wanted.priceTicks !== terms.priceTicks ||
    wanted.stopPriceTicks !== (terms.extras?.stopPriceTicks ?? 0);
  const asked = { ...terms, priceTicks: wanted.priceTicks };
  const refusal = admit('replace-request', host, marketOf(host.state, terms.symbol), asked, 0, order);
  const sagaNumber = asksRisk && !refusal ? host.sagas.nextNumber : 0;
  host.turn.emit({ kind: 'ReplaceRequested', orderNumber, sagaNumber, ...wanted });
  if (refusal) return answered(refuseReplace(host, orderNumber, [reason(refusal)]));
  if (!asksRisk) return answered(replaceInBook(host, order, wanted, order.stop?.protectionTicks ?? 0));
  host.turn.publish({ kind: 'report', report: pendingReport(host, order) });
  host.beginSaga(sagaNumber);
  return { kind: 'replace-pending', orderNumber, clOrdId: wanted.clOrdId, duplicate: false };
}

/** The order has its old terms until risk has answered. */
function pendingReport({ state, nowMicros: atMicros }: TradingHost, order: Order): Report {
  return { execType: 'PENDING_REPLACE', order: currentViewOf(state, order), atMicros, trade: undefined };
}

function repeated(known: Order, order: Order, command: ReplaceOrder, wanted: Replacement): TradingOutcome {
  const record = known === order ? recordOf(order, command.clOrdId) : undefined;
  const isSame =
    (command.quantity === '' || record?.quantityLots === wanted.quantityLots) &&
    (command.price === '' || record?.priceTicks === wanted.priceTicks) &&
    (!command.stopPrice || record?.stopPriceTicks === wanted.stopPriceTicks) &&
    (!command.displayQuantity || record?.displayLots === wanted.displayLots);
  if (!record || !isSame) {
    const { clOrdId } = command;
    return { kind: 'refused', reason: reason('CL_ORD_ID_REUSED', undefined, { cl_ord_id: clOrdId }) };
  }
  const { clOrdId, outcome, reasons } = record;
  if (outcome === 'pending')
    return { kind: 'replace-pending', orderNumber: order.number, clOrdId, duplicate: true };
  const isLate = reasons.some(({ code }) => code === 'TOO_LATE_TO_REPLACE');
  return answered({ ...answerOf(order, clOrdId, isLate ? 'too-late' : outcome), reasons }, true);
}

function answerOf(order: Order, clOrdId: string, outcome: ReplaceAnswer['outcome']): ReplaceAnswer {
  return { outcome, clOrdId, order: viewOf(order), fills: [], reasons: [] };
}

function answered(answer: ReplaceAnswer, duplicate = false): TradingOutcome {
  return { kind: 'replace-answered', answer, duplicate };
}

/** All checks of shape, every problem at once. */
function replacementOf(
  command: ReplaceOrder,
  { terms, stop }: Order,
  instrument: Instrument,
): Replacement | FieldProblem[] {
  const problems: FieldProblem[] = [];
  const { clOrdId, quantity, price } = command;
  const quantityLots = quantity === '' ? terms.quantityLots : parseQuantityLots(instrument, quantity);
  const priceTicks = price === '' ? terms.priceTicks : parsePriceTicks(instrument, price);
  if (!CL_ORD_ID.test(clOrdId))
    problems.push({ field: 'cl_ord_id', problem: 'must be 1 to 36 of A-Z a-z 0-9 . _ : -' });
  if (quantityLots === undefined || !isQuantityLots(quantityLots))
    problems.push({
      field: 'order_qty',
      problem: 'must be a positive multiple of the lot size within range',
    });
  if (priceTicks === undefined || (price !== '' && !isPriceTicks(priceTicks)))
    problems.push({ field: 'price', problem: 'must be a positive multiple of the tick size within range' });
  else if (price !== '' && isAtMarket(terms))
    problems.push({ field: 'price', problem: 'must be empty for an order without a limit' });
  const stopPriceTicks = stopAfter(command.stopPrice ?? '', terms, stop, instrument);
  if (stopPriceTicks === undefined)
    problems.push({
      field: 'stop_price',
      problem: 'must be a price within range, of a stop order that waits',
    });
  const displayLots = displayAfter(command.displayQuantity ?? '', terms, quantityLots ?? 0, instrument);
  if (displayLots === undefined)
    problems.push({
      field: 'display_qty',
      problem: 'must be a part of an iceberg’s quantity, not too small a one',
    });
  if (problems.length > 0 || quantityLots === undefined || priceTicks === undefined) return problems;
  if (stopPriceTicks === undefined || displayLots === undefined) return problems;
  if (tooValuable(instrument, quantityLots, Math.max(priceTicks, stopPriceTicks)))
    return [{ field: 'order_qty', problem: 'the order’s value is out of range' }];
  return { clOrdId, quantityLots, priceTicks, stopPriceTicks, displayLots };
}

function stopAfter(
  text: string,
  { extras }: OrderTerms,
  stop: StopState | undefined,
  instrument: Instrument,
): number | undefined {
  if (text === '') return extras?.stopPriceTicks ?? 0;
  if (extras?.stopPriceTicks === undefined || !stop?.isWaiting) return undefined;
  const ticks = parsePriceTicks(instrument, text);
  return ticks !== undefined && isPriceTicks(ticks) ? ticks : undefined;
}

/** An iceberg stays one; its display quantity must fit the quantity that it will have. */
function displayAfter(
  text: string,
  { extras }: OrderTerms,
  quantityLots: number,
  instrument: Instrument,
): number | undefined {
  if (extras?.displayLots === undefined) return text === '' ? 0 : undefined;
  const lots = text === '' ? extras.displayLots : parseQuantityLots(instrument, text);
  return lots !== undefined && isDisplayLots(Math.min(lots, quantityLots), quantityLots) ? lots : undefined;
}

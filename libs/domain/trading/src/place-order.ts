import { isPriceTicks, isQuantityLots } from '@clearway/domain-matching';
import { isAccountId, type ReasonCode, reason } from '@clearway/kernel';
import { admit } from './admission';
import type { PlaceOrder, TradingOutcome } from './commands';
import type { FieldProblem } from './field-problem';
import type { TradingHost } from './host';
import { type Instrument, parsePriceTicks, parseQuantityLots } from './instrument';
import { isStop, type Order, type OrderTerms, sameTerms } from './order';
import { extrasOf } from './order-extras';
import { viewOf } from './reports';
import { keyOf, LIVE_SAGAS_MAX, orderOf } from './state';

/** What a client order id may be. */
export const CL_ORD_ID = /^[A-Za-z0-9._:-]{1,36}$/;

/** Accepts an order, or finds the one that its key already stands for. */
export function placeOrder(host: TradingHost, command: PlaceOrder): TradingOutcome {
  const market = host.state.markets.get(command.symbol);
  if (!market)
    return { kind: 'refused', reason: reason('UNKNOWN_SYMBOL', undefined, { symbol: command.symbol }) };
  const known = host.state.keys.get(keyOf(command.account, command.clOrdId));
  const terms = termsOf(command, market.instrument, known === undefined ? host.nowMicros : 0);
  if (Array.isArray(terms)) return { kind: 'fields-invalid', problems: terms };
  if (known !== undefined) return repeated(orderOf(host.state, known), terms);
  if (host.sagas.liveCount >= LIVE_SAGAS_MAX) return { kind: 'refused', reason: reason('OVERLOADED') };
  const orderNumber = host.state.nextOrderNumber;
  const refusal = admit('accept', host, market, terms, 0, undefined);
  if (refusal) return rejectAtOnce(host, terms, orderNumber, refusal);
  const sagaNumber = host.sagas.nextNumber;
  host.turn.emit({ kind: 'OrderAccepted', orderNumber, sagaNumber, terms });
  const order = viewOf(orderOf(host.state, orderNumber));
  host.turn.publish({
    kind: 'report',
    report: { execType: 'PENDING_NEW', order, atMicros: host.nowMicros, trade: undefined },
  });
  host.beginSaga(sagaNumber);
  return { kind: 'accepted', orderNumber };
}

/** Records the order and its refusal without a saga: nothing was asked of anybody, so there is nothing to undo. */
function rejectAtOnce(
  host: TradingHost,
  terms: OrderTerms,
  orderNumber: number,
  code: ReasonCode,
): TradingOutcome {
  host.turn.emit({ kind: 'OrderAccepted', orderNumber, sagaNumber: 0, terms });
  host.turn.emit({ kind: 'OrderRejected', orderNumber, reasons: [reason(code)] });
  const order = viewOf(orderOf(host.state, orderNumber));
  host.turn.publish({
    kind: 'report',
    report: { execType: 'REJECTED', order, atMicros: host.nowMicros, trade: undefined },
  });
  return { kind: 'answered', order };
}

function repeated(order: Order, terms: OrderTerms): TradingOutcome {
  const original = order.amend?.original ?? order.terms;
  if (original.clOrdId !== terms.clOrdId || !sameTerms(original, terms)) {
    return { kind: 'refused', reason: reason('CL_ORD_ID_REUSED', undefined, { cl_ord_id: terms.clOrdId }) };
  }
  const answered = order.status !== 'PENDING_NEW' && order.status !== 'PENDING_CANCEL';
  return { kind: 'duplicate', orderNumber: order.number, order: viewOf(order), answered };
}

/** All checks of shape, every problem at once. */
function termsOf(
  command: PlaceOrder,
  instrument: Instrument,
  nowMicros: number,
): OrderTerms | FieldProblem[] {
  const problems: FieldProblem[] = [];
  const bad = (field: string, problem: string) => void problems.push({ field, problem });
  const market = command.ordType === 'MARKET';
  const hasLimit = command.ordType === 'LIMIT' || command.ordType === 'STOP_LIMIT';
  const timeInForce = command.timeInForce ?? (market ? 'IOC' : 'DAY');
  const immediate = timeInForce === 'IOC' || timeInForce === 'FOK';
  if (!isAccountId(command.account)) bad('account', 'must be PARTICIPANT.NAME in lower case');
  if (!CL_ORD_ID.test(command.clOrdId)) bad('cl_ord_id', 'must be 1 to 36 of A-Z a-z 0-9 . _ : -');
  if (!hasLimit && command.price !== '') bad('price', 'must be empty for an order without a limit');
  const forAuction = timeInForce === 'AT_AUCTION';
  if (market && !immediate && !forAuction)
    bad('time_in_force', 'must be IOC, FOK or AT_AUCTION for a market order');
  if (isStop(command) && (immediate || forAuction))
    bad('time_in_force', 'must be DAY, GTC or GTD for a stop order');
  if (command.postOnly && (command.ordType !== 'LIMIT' || immediate || forAuction))
    bad('post_only', 'is for limit orders DAY, GTC or GTD only');
  const quantityLots = parseQuantityLots(instrument, command.quantity);
  if (quantityLots === undefined || !isQuantityLots(quantityLots)) {
    bad('order_qty', 'must be a positive multiple of the lot size within range');
  }
  const priceTicks = hasLimit ? parsePriceTicks(instrument, command.price) : 0;
  if (priceTicks === undefined || (hasLimit && !isPriceTicks(priceTicks))) {
    bad('price', 'must be a positive multiple of the tick size within range');
  }
  const extras = extrasOf(command, instrument, timeInForce, quantityLots ?? 0, nowMicros, bad);
  if (problems.length > 0 || quantityLots === undefined || priceTicks === undefined) return problems;
  if (tooValuable(instrument, quantityLots, Math.max(priceTicks, extras?.stopPriceTicks ?? 0))) {
    return [{ field: 'order_qty', problem: 'the order’s value is out of range' }];
  }
  const { account, clOrdId, symbol, side, ordType, postOnly } = command;
  const terms = { account, clOrdId, symbol, side, ordType, timeInForce, postOnly, quantityLots, priceTicks };
  return extras ? { ...terms, extras } : terms;
}

/** The order's worst case must fit the ledger's 64-bit amounts with room to spare. */
export function tooValuable(instrument: Instrument, quantityLots: number, priceTicks: number): boolean {
  const ticks = BigInt(Math.max(priceTicks, instrument.referencePriceTicks)) * 2n;
  const quote = ticks * BigInt(quantityLots) * instrument.tickValueMinor;
  const base = BigInt(quantityLots) * instrument.lotSizeMinor;
  return quote > VALUE_MINOR_MAX || base > VALUE_MINOR_MAX;
}

const VALUE_MINOR_MAX = 2n ** 56n;

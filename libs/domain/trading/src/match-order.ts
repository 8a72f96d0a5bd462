import { MARKET, type OrderBook } from '@clearway/domain-matching';
import type { ReasonCode } from '@clearway/kernel';
import { takeOff } from './cancel-order';
import type { TradeExecuted } from './events';
import type { TradingHost } from './host';
import { feeMinor, notionalMinor } from './instrument';
import { interrupt } from './interrupt';
import { isAtMarket, type Order, type OrderTerms, selfTradeActionOf } from './order';
import { limitWithinBands } from './price-bands';
import { type Report, tradeViewOf, viewOf } from './reports';
import { type Market, orderOf, type TradingState, tradeOf } from './state';

/**
 * Lets an admitted order trade within its limit, carries out self-trade prevention, and rests or cancels what is left.
 * `isOwnSaga` tells that the order's PlaceOrder saga gives back what is canceled here; else each gets a saga of its own.
 * Answers the order's trades.
 */
export function matchOrder(
  host: TradingHost,
  order: Order,
  market: Market,
  limitTicks: number,
  isOwnSaga: boolean,
): Report[] {
  if (market.phase !== 'CONTINUOUS') return collect(host, order, limitTicks);
  const { book } = market;
  const boundedTicks = limitWithinBands(market, order.terms.side, limitTicks);
  const count = planOrder(host.state, order, book, boundedTicks);
  const { preventedCount, decrementedLots, isTakerCancelled } = book.fills;
  const fills = trade(host, order, market, count, preventedCount);
  if (decrementedLots > 0) reduceOrder(host, order, decrementedLots, isOwnSaga ? 0 : host.sagas.nextNumber);
  const cause = isTakerCancelled ? 'SELF_TRADE_PREVENTED' : 'IOC_REMAINDER';
  const isBanded = boundedTicks !== limitTicks && !isTakerCancelled && leavesBand(order, market, limitTicks);
  const isLeft = isBanded ? reachBand(host, order, market) : rests(order.terms) && !isTakerCancelled;
  settleRemainder(host, order, isLeft ? undefined : isBanded ? 'PRICE_BAND_REACHED' : cause, isOwnSaga);
  return fills;
}

/** Writes into the book's buffer what the order would trade with now. Answers the number of fills. */
export function planOrder(state: TradingState, order: Order, book: OrderBook, limitTicks: number): number {
  const { side, account } = order.terms;
  if (limitTicks === MARKET) throw new Error(`order ${order.number} reached the book without a price`);
  const owner = state.owners.get(account);
  return book.plan(side, limitTicks, order.leavesLots, owner, book.fills, selfTradeActionOf(order.terms));
}

/** Where orders are collected an order rests without matching; `limitTicks` is what the hold of one at market covers. */
function collect(host: TradingHost, order: Order, limitTicks: number): Report[] {
  const { number: orderNumber, leavesLots, terms } = order;
  if (isAtMarket(terms))
    host.turn.emit({ kind: 'OrderOpenedAtMarket', orderNumber, leavesLots, protectionTicks: limitTicks });
  else host.turn.emit({ kind: 'OrderOpened', orderNumber, leavesLots });
  return [];
}

/** True if the order would trade on, beyond the bands. */
function leavesBand({ terms, leavesLots }: Order, { book }: Market, limitTicks: number): boolean {
  return leavesLots > 0 && book.crosses(terms.side, limitTicks);
}

/** An auction begins if the instrument is to have one. Answers whether what is left of the order waits for it. */
function reachBand(host: TradingHost, { terms }: Order, market: Market): boolean {
  const auctionMs = market.instrument.rules?.volatilityAuctionMs ?? 0;
  if (auctionMs === 0) return false;
  interrupt(host, market, auctionMs);
  return rests(terms);
}

/** Tells whether what is left of the order waits in the book. */
export function rests(terms: OrderTerms): boolean {
  const { timeInForce } = terms;
  if (timeInForce === 'AT_AUCTION') return true;
  return timeInForce !== 'IOC' && timeInForce !== 'FOK' && !isAtMarket(terms);
}

/** Worst price that the order may trade at now; `protectionTicks` is that which its hold covers. */
export function limitTicksOf({ terms, stop }: Order, protectionTicks: number): number {
  return isAtMarket(terms) ? (stop?.limitTicks ?? protectionTicks) : terms.priceTicks;
}

/** The buffer is copied first: what the events start may plan for other orders. */
function trade(
  host: TradingHost,
  order: Order,
  market: Market,
  count: number,
  preventedCount: number,
): Report[] {
  const { fills } = market.book;
  const planned = Array.from({ length: count }, (_, index) => ({
    maker: fills.makerOrderIds[index] as number,
    priceTicks: fills.pricesTicks[index] as number,
    lots: fills.quantitiesLots[index] as number,
  }));
  const prevented = Array.from({ length: preventedCount }, (_, index) => ({
    orderNumber: fills.preventedOrderIds[index] as number,
    lots: fills.preventedLots[index] as number,
  }));
  const made = planned.map(({ maker, priceTicks, lots }) =>
    executeTrade(host, order, market, maker, priceTicks, lots),
  );
  for (const { orderNumber, lots } of prevented) preventTrade(host, orderOf(host.state, orderNumber), lots);
  return made;
}

/** Makes one trade: the event, the settlement that it begins, and a report to both sides. Answers the taker's. */
export function executeTrade(
  host: TradingHost,
  order: Order,
  { instrument }: Market,
  maker: number,
  priceTicks: number,
  lots: number,
): Report {
  const notional = notionalMinor(instrument, priceTicks, lots);
  const event: TradeExecuted = {
    kind: 'TradeExecuted',
    tradeNumber: host.state.nextTradeNumber,
    sagaNumber: host.sagas.nextNumber,
    makerOrderNumber: maker,
    takerOrderNumber: order.number,
    priceTicks,
    quantityLots: lots,
    makerFeeMinor: feeMinor(notional, instrument.makerFeeBps),
    takerFeeMinor: feeMinor(notional, instrument.takerFeeBps),
  };
  host.turn.emit(event);
  host.beginSaga(event.sagaNumber);
  reportTrade(host, event.tradeNumber, maker);
  return reportTrade(host, event.tradeNumber, order.number);
}

/** Takes lots from a resting order that would have traded with its own participant. */
export function preventTrade(host: TradingHost, maker: Order, lots: number): void {
  if (lots === maker.leavesLots) takeOff(host, maker, 'SELF_TRADE_PREVENTED');
  else reduceOrder(host, maker, lots, host.sagas.nextNumber);
}

/** Takes lots off without a trade; saga number 0 leaves their hold to the order's own saga. */
function reduceOrder(host: TradingHost, order: Order, canceledLots: number, sagaNumber: number): void {
  const cause = 'SELF_TRADE_PREVENTED';
  host.turn.emit({ kind: 'OrderReduced', orderNumber: order.number, sagaNumber, canceledLots, cause });
  report(host, order, order.leavesLots > 0 ? 'RESTATED' : 'CANCELED');
  if (sagaNumber !== 0) host.beginSaga(sagaNumber);
}

function settleRemainder(
  host: TradingHost,
  order: Order,
  cause: ReasonCode | undefined,
  isOwnSaga: boolean,
): void {
  if (order.leavesLots === 0) return;
  const { number: orderNumber, leavesLots } = order;
  if (!cause) return host.turn.emit({ kind: 'OrderOpened', orderNumber, leavesLots });
  if (!isOwnSaga) return void takeOff(host, order, cause);
  host.turn.emit({ kind: 'OrderCanceled', orderNumber, sagaNumber: 0, canceledLots: leavesLots, cause });
  report(host, order, 'CANCELED');
}

function report(host: TradingHost, order: Order, execType: 'RESTATED' | 'CANCELED'): void {
  const made = { execType, order: viewOf(order), atMicros: host.nowMicros, trade: undefined } as const;
  host.turn.publish({ kind: 'report', report: made });
}

function reportTrade(host: TradingHost, tradeNumber: number, orderNumber: number): Report {
  const order = viewOf(orderOf(host.state, orderNumber));
  const trade = tradeViewOf(tradeOf(host.state, tradeNumber), orderNumber);
  const made: Report = { execType: 'TRADE', order, atMicros: host.nowMicros, trade };
  host.turn.publish({ kind: 'report', report: made });
  return made;
}

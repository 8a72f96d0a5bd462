import type { TradeExecuted, TradingEvent } from './events';
import { leftBook, sagaLeft, touch } from './evolve-order-life';
import { priorTradeEnded } from './evolve-replace';
import { electStops } from './evolve-stops';
import { isOpen, type Order, workingStatus } from './order';
import { applySagaStart } from './sagas';
import { type Market, marketOf, orderOf, type TradingState, tradeOf } from './state';

/** Fills both orders of a trade, elects the stops its price reaches, and starts its settlement. */
export function executed(state: TradingState, event: TradeExecuted, timeMicros: number): void {
  const maker = orderOf(state, event.makerOrderNumber);
  const taker = orderOf(state, event.takerOrderNumber);
  const market = marketOf(state, maker.terms.symbol);
  const makerBuys = maker.terms.side === 'BUY';
  const buyNumber = makerBuys ? maker.number : taker.number;
  const sellNumber = makerBuys ? taker.number : maker.number;
  const { kind: _kind, tradeNumber, ...rest } = event;
  state.nextTradeNumber = tradeNumber + 1;
  state.trades.set(tradeNumber, {
    ...rest,
    number: tradeNumber,
    symbol: maker.terms.symbol,
    buyOrderNumber: buyNumber,
    sellOrderNumber: sellNumber,
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
  if (market.uncrossing) Object.assign(market.uncrossing, { buyNumber, sellNumber });
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

/** Takes a trade back from both of its orders; the lots do not return to the book. */
export function busted(
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

/** The settlement of a trade is over, in both orders' accounts or, of a busted one, undone. */
export function tradeEnded(state: TradingState, tradeNumber: number): void {
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

import { StopBook } from '@clearway/domain-matching';
import type { Order } from './order';
import { type Market, marketOf, marketPriceTicks, orderOf, type TradingState } from './state';

/** Lets a stop order wait for its price; one whose price has come already is released at once. */
export function letWait(
  state: TradingState,
  order: Order,
  stopPriceTicks: number,
  protectionTicks: number,
): void {
  const { number, terms } = order;
  const market = marketOf(state, terms.symbol);
  const lastPriceTicks = marketPriceTicks(market);
  order.stop = { stopPriceTicks, protectionTicks, isWaiting: true };
  const trailTicks = terms.extras?.trailTicks;
  if (trailTicks !== undefined) market.stops.addTrailing(number, terms.side, trailTicks, lastPriceTicks);
  else if (StopBook.isReached(terms.side, stopPriceTicks, lastPriceTicks)) state.elected.push(number);
  else market.stops.add(number, terms.side, stopPriceTicks);
}

/** A stop order waits no longer: it has come to the book, or was taken off. */
export function stopWaiting(state: TradingState, order: Order): void {
  if (!order.stop?.isWaiting) return;
  const { stops } = marketOf(state, order.terms.symbol);
  if (!stops.remove(order.number)) {
    const place = state.elected.indexOf(order.number);
    if (place >= 0) state.elected.splice(place, 1);
  }
  order.stop = { ...order.stop, isWaiting: false };
}

/** Releases the stop orders that a trade at this price reaches, and moves trailing ones. */
export function electStops(state: TradingState, { stops }: Market, lastPriceTicks: number): void {
  for (const number of stops.releasedBy(lastPriceTicks)) {
    const order = orderOf(state, number);
    const stopPriceTicks = stops.stopPriceTicks(number);
    if (order.stop && stopPriceTicks !== undefined)
      order.stop = { ...order.stop, ...shifted(order, stopPriceTicks) };
    stops.remove(number);
    state.elected.push(number);
  }
  stops.trail(lastPriceTicks);
}

/**
 * A trailing stop that has moved may trade as far from its new price as risk allowed from the first, which is nearer to
 * the market than what is held.
 */
function shifted(
  { stop, terms }: Order,
  stopPriceTicks: number,
): { stopPriceTicks: number; limitTicks?: number } {
  if (!stop || terms.extras?.trailTicks === undefined) return { stopPriceTicks };
  const limitTicks = Math.max(1, stop.protectionTicks + stopPriceTicks - stop.stopPriceTicks);
  return { stopPriceTicks, limitTicks };
}

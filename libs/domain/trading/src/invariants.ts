import { type InvariantResult, invariant } from '@clearway/kernel';
import { isOpen, isWorking, type Order } from './order';
import { sessionInvariants } from './session-invariants';
import type { TradingState } from './state';

/** Trading's own invariants on its live state; each has a name that operators and tests know it by. */
export function tradingInvariants(state: TradingState): InvariantResult[] {
  return [
    invariant('order-quantities-add-up', each(state, quantityViolation)),
    invariant(
      'every-order-final-or-live',
      each(state, (order) => statusViolation(state, order)),
    ),
    invariant('book-equals-open-orders', bookViolations(state)),
    invariant('stops-equal-waiting-orders', stopViolations(state)),
    invariant('unsettled-equals-live-trades', unsettledViolations(state)),
    invariant('book-is-not-crossed', crossedViolations(state)),
    ...sessionInvariants(state),
  ];
}

function each(state: TradingState, violation: (order: Order) => string | undefined): string[] {
  const found: string[] = [];
  for (const order of state.orders.values()) {
    const text = violation(order);
    if (text) found.push(`order ${order.number}: ${text}`);
  }
  return found;
}

function quantityViolation(order: Order): string | undefined {
  const { leavesLots, cumLots, canceledLots, bustedLots, terms } = order;
  const lots = [leavesLots, cumLots, canceledLots, bustedLots];
  if (lots.some((each) => each < 0)) return `negative lots in ${lots.join('/')}`;
  const sum = lots.reduce((total, each) => total + each, 0);
  return sum === terms.quantityLots ? undefined : `${lots.join('+')} is not ${terms.quantityLots}`;
}

const OPEN_STATUSES = new Set(['NEW', 'PARTIALLY_FILLED']);
const PENDING_STATUSES = new Set(['PENDING_NEW', 'PENDING_CANCEL']);

/** A pending order has its saga; a resting one is in its book; any other is final and has nothing left. */
function statusViolation(state: TradingState, order: Order): string | undefined {
  if (PENDING_STATUSES.has(order.status))
    return order.openSagas > 0 || isWorking(order) ? undefined : `${order.status} without a saga`;
  if (!OPEN_STATUSES.has(order.status))
    return isOpen(order) ? `${order.status} with ${order.leavesLots} left` : undefined;
  const inBook = state.markets.get(order.terms.symbol)?.book.has(order.number) ?? false;
  if (inBook || order.stop?.isWaiting) return undefined;
  return isOpen(order) ? `${order.status} but not in the book` : `${order.status} with nothing left`;
}

function bookViolations(state: TradingState): string[] {
  const found: string[] = [];
  let open = 0;
  for (const order of state.orders.values()) {
    if (!order.resting) continue;
    open += 1;
    const resting = state.markets.get(order.terms.symbol)?.book.order(order.number);
    const lots = resting && resting.quantityLots + resting.reserveLots;
    if (lots !== order.leavesLots) found.push(`order ${order.number}: book has ${lots}`);
  }
  let inBooks = 0;
  for (const { book } of state.markets.values()) inBooks += book.orderCount;
  if (inBooks !== open) found.push(`books hold ${inBooks} orders, ${open} are open`);
  return found;
}

/** A stop order that waits is among the stops of its market or released, and nothing else is there. */
function stopViolations(state: TradingState): string[] {
  const found: string[] = [];
  const elected = new Set(state.elected);
  let waiting = 0;
  for (const order of state.orders.values()) {
    if (!order.stop?.isWaiting) continue;
    waiting += 1;
    const isThere = state.markets.get(order.terms.symbol)?.stops.has(order.number) ?? false;
    if (isThere === elected.has(order.number))
      found.push(`order ${order.number} waits in ${isThere ? 'two places' : 'no place'}`);
    if (!isOpen(order)) found.push(`order ${order.number} waits with nothing left`);
  }
  let there = elected.size;
  for (const { stops } of state.markets.values()) there += stops.orderCount;
  if (there !== waiting) found.push(`${there} stops, ${waiting} orders wait`);
  return found;
}

function unsettledViolations(state: TradingState): string[] {
  const unsettled = new Map<number, number>();
  for (const trade of state.trades.values()) {
    if (trade.busted) continue;
    for (const number of [trade.buyOrderNumber, trade.sellOrderNumber]) {
      unsettled.set(number, (unsettled.get(number) ?? 0) + trade.quantityLots);
    }
  }
  return each(state, (order) => {
    const expected = unsettled.get(order.number) ?? 0;
    return order.unsettledLots === expected
      ? undefined
      : `${order.unsettledLots} unsettled, live trades say ${expected}`;
  });
}

/** Where orders are collected, or stay as a halt has left them, they may cross; continuous trading begins with an uncrossing. */
function crossedViolations(state: TradingState): string[] {
  const found: string[] = [];
  for (const [symbol, { book, phase }] of state.markets) {
    if (phase !== 'CONTINUOUS') continue;
    const bid = book.bestPriceTicks('BUY');
    const ask = book.bestPriceTicks('SELL');
    if (bid !== undefined && ask !== undefined && bid >= ask)
      found.push(`${symbol}: bid ${bid} ≥ ask ${ask}`);
  }
  return found;
}

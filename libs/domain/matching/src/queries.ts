import type { BookState } from './book-state';
import { NONE } from './order-pool';
import type { Side } from './side';

/** One price of one side with the sum of what rests there (L2). */
export interface BookLevel {
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly orderCount: number;
}

/**
 * A resting order. `quantityLots` is what everybody may see of it; what it has open is that and `reserveLots`, which market
 * data must not show.
 */
export interface BookOrder {
  readonly orderId: number;
  readonly side: Side;
  /** `MARKET` for an order that waits for a call auction without a limit. */
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly owner: number;
  /** What an iceberg hides; 0 for other orders. */
  readonly reserveLots: number;
  /** How many lots an iceberg shows anew when the shown ones are gone; 0 for other orders. */
  readonly displayLots: number;
}

/**
 * Called with each order in priority order. It must not change the book. `quantityLots` is what is displayed; the last two are
 * an iceberg's reserve and display quantity, 0 for other orders, and not for market data.
 */
export type OrderVisitor = (
  orderId: number,
  priceTicks: number,
  quantityLots: number,
  owner: number,
  reserveLots: number,
  displayLots: number,
) => void;

/** The resting order of an id, or undefined. */
export function orderOf(state: BookState, orderId: number): BookOrder | undefined {
  const { orders, levels } = state;
  const slot = state.index.get(orderId);
  if (slot === NONE) return undefined;
  const level = orders.levels[slot]!;
  return {
    orderId,
    side: levels.signs[level] === 1 ? 'BUY' : 'SELL',
    priceTicks: levels.priceTicks(level),
    quantityLots: orders.quantitiesLots[slot]!,
    owner: orders.owners[slot]!,
    reserveLots: orders.reservesLots[slot]!,
    displayLots: displayOf(state, slot),
  };
}

/** A level as its reader sees it. */
export function levelView(state: BookState, level: number): BookLevel | undefined {
  const { levels } = state;
  if (level === NONE) return undefined;
  return {
    priceTicks: levels.priceTicks(level),
    quantityLots: levels.totalsLots[level]!,
    orderCount: levels.orderCounts[level]!,
  };
}

/** The best levels of a side, best first, at most as many as asked for. */
export function depthOf(state: BookState, side: Side, levelsMax: number): BookLevel[] {
  const depth: BookLevel[] = [];
  let level = state.sideOf(side).best;
  for (let view = levelView(state, level); view && depth.length < levelsMax; view = levelView(state, level)) {
    depth.push(view);
    level = state.levels.worse[level]!;
  }
  return depth;
}

/** Visits the orders of a side in priority order: best price first, and at one price the oldest first. */
export function visitOrders(state: BookState, side: Side, visit: OrderVisitor): void {
  const { levels } = state;
  for (let level = state.sideOf(side).best; level !== NONE; level = levels.worse[level]!) {
    visitLevel(state, level, visit);
  }
}

/** Visits the orders of a side that wait for a call auction without a limit, oldest first. */
export function visitMarketOrders(state: BookState, side: Side, visit: OrderVisitor): void {
  const { market } = state.sideOf(side);
  if (market !== NONE) visitLevel(state, market, visit);
}

function visitLevel(state: BookState, level: number, visit: OrderVisitor): void {
  const { orders, levels } = state;
  const priceTicks = levels.priceTicks(level);
  for (let slot = levels.heads[level]!; slot !== NONE; slot = orders.next[slot]!) {
    visit(
      orders.ids[slot]!,
      priceTicks,
      orders.quantitiesLots[slot]!,
      orders.owners[slot]!,
      orders.reservesLots[slot]!,
      displayOf(state, slot),
    );
  }
}

function displayOf({ orders }: BookState, slot: number): number {
  return orders.reservesLots[slot] === 0 ? 0 : orders.displaysLots[slot]!;
}

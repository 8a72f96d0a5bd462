import type { BookSide } from './book-side';
import type { BookState } from './book-state';
import { bug } from './bug';
import { dropReserve, hideReserve, moveReserve } from './iceberg';
import { appendToLevel, unlinkFromLevel } from './level-queue';
import { isDisplayLots, isOrderId, isOwner, isPriceTicks, isQuantityLots, OPEN_ORDERS_MAX } from './limits';
import { NONE } from './order-pool';
import type { Side } from './side';

/** The display quantity of an order that shows all of itself. */
export const SHOW_ALL = 0;

/**
 * Rests an order behind all others of its price. Whether it should have traded first is for the caller to have planned. An
 * order with a display quantity below its own is an iceberg: the rest is hidden.
 */
export function restOrder(
  state: BookState,
  orderId: number,
  side: Side,
  priceTicks: number,
  quantityLots: number,
  owner: number,
  displayLots: number,
): void {
  assertCanRest(state, orderId, quantityLots, owner);
  if (!isPriceTicks(priceTicks)) bug(`order ${orderId} cannot rest at ${priceTicks} ticks`);
  if (displayLots !== SHOW_ALL && !isDisplayLots(Math.min(displayLots, quantityLots), quantityLots)) {
    bug(`order ${orderId} cannot display ${displayLots} of ${quantityLots} lots`);
  }
  restChecked(state, orderId, side, priceTicks, quantityLots, owner, displayLots);
}

/** `restOrder` for a caller that has just proved that the order may rest. */
export function restChecked(
  state: BookState,
  orderId: number,
  side: Side,
  priceTicks: number,
  quantityLots: number,
  owner: number,
  displayLots: number,
): void {
  const bookSide = state.sideOf(side);
  const isIceberg = displayLots !== SHOW_ALL && displayLots < quantityLots;
  const shownLots = isIceberg ? displayLots : quantityLots;
  const slot = restAt(state, bookSide, bookSide.ensureLevel(priceTicks), orderId, shownLots, owner);
  if (isIceberg) hideReserve(state, slot, quantityLots - shownLots, displayLots);
  state.listener?.added(orderId, side, priceTicks, shownLots);
}

/** Lets an order without a limit wait for a call auction. */
export function restMarketOrder(
  state: BookState,
  orderId: number,
  side: Side,
  quantityLots: number,
  owner: number,
): void {
  assertCanRest(state, orderId, quantityLots, owner);
  const bookSide = state.sideOf(side);
  restAt(state, bookSide, bookSide.ensureMarketLevel(), orderId, quantityLots, owner);
}

/** Takes lots from a resting order without a trade; it keeps its place; at zero it is removed. Answers the lots that are left. */
export function reduceOrder(state: BookState, orderId: number, quantityLots: number): number {
  return reduceSlot(state, slotWith(state, orderId, quantityLots, 'reduce'), quantityLots);
}

/** `reduceOrder` for a caller that has just found the slot and knows that the quantity fits. What is hidden goes first. */
export function reduceSlot(state: BookState, slot: number, quantityLots: number): number {
  const { orders } = state;
  if (state.icebergCount === 0 || orders.reservesLots[slot] === 0)
    return takeShown(state, slot, quantityLots);
  const leavesLots = openLotsOf(state, slot) - quantityLots;
  const hiddenLots = Math.min(quantityLots, orders.reservesLots[slot]!);
  moveReserve(state, slot, -hiddenLots);
  if (hiddenLots < quantityLots) takeShown(state, slot, quantityLots - hiddenLots);
  return leavesLots;
}

/** Takes the lots of a trade from a resting order. Answers the lots that are left. */
export function fillOrder(state: BookState, orderId: number, quantityLots: number): number {
  return fillSlot(state, slotWith(state, orderId, quantityLots, 'fill'), quantityLots);
}

/**
 * `fillOrder` for a caller that has just found the slot and knows that the quantity fits. An iceberg whose displayed lots are
 * gone shows itself anew behind the others of its price.
 */
export function fillSlot(state: BookState, slot: number, quantityLots: number): number {
  const { orders } = state;
  const shownLots = orders.quantitiesLots[slot]!;
  const isRefreshed = quantityLots >= shownLots && state.icebergCount > 0 && orders.reservesLots[slot]! > 0;
  return isRefreshed ? refresh(state, slot, quantityLots) : takeShown(state, slot, quantityLots);
}

/** Removes a resting order. Answers the lots it still had, hidden ones included. */
export function removeOrder(state: BookState, orderId: number): number {
  return removeSlot(state, slotOf(state, orderId));
}

/** Removes an order of which the caller has just found the slot. Answers the lots it still had, hidden ones included. */
export function removeSlot(state: BookState, slot: number): number {
  const { orders, levels } = state;
  const level = orders.levels[slot]!;
  const shownLots = orders.quantitiesLots[slot]!;
  const hiddenLots = state.icebergCount === 0 ? 0 : dropReserve(state, slot);
  const bookSide = state.sideOfLevel(level);
  const orderId = orders.ids[slot]!;
  const isPublic = level !== bookSide.market;
  unlinkFromLevel(levels, orders, slot);
  if (levels.orderCounts[level] === 0) bookSide.dropLevel(level);
  bookSide.orderCount--;
  bookSide.totalLots -= shownLots;
  state.index.remove(orderId);
  orders.release(slot);
  if (isPublic) state.listener?.removed(orderId);
  return shownLots + hiddenLots;
}

function restAt(
  state: BookState,
  bookSide: BookSide,
  level: number,
  orderId: number,
  shownLots: number,
  owner: number,
): number {
  const slot = state.orders.allocate(orderId, shownLots, owner);
  state.index.add(orderId, slot);
  appendToLevel(state.levels, state.orders, level, slot);
  bookSide.orderCount++;
  bookSide.totalLots += shownLots;
  return slot;
}

function takeShown(state: BookState, slot: number, quantityLots: number): number {
  const { orders, levels } = state;
  const leavesLots = orders.quantitiesLots[slot]! - quantityLots;
  if (leavesLots === 0) {
    removeSlot(state, slot);
    return 0;
  }
  const level = orders.levels[slot]!;
  orders.quantitiesLots[slot] = leavesLots;
  levels.totalsLots[level] = levels.totalsLots[level]! - quantityLots;
  const bookSide = state.sideOfLevel(level);
  bookSide.totalLots -= quantityLots;
  if (level !== bookSide.market) state.listener?.reduced(orders.ids[slot]!, leavesLots);
  return leavesLots;
}

function refresh(state: BookState, slot: number, quantityLots: number): number {
  const { orders, levels } = state;
  const shownLots = orders.quantitiesLots[slot]!;
  const openLots = openLotsOf(state, slot) - quantityLots;
  if (openLots === 0) {
    removeSlot(state, slot);
    return 0;
  }
  const level = orders.levels[slot]!;
  const nextLots = Math.min(orders.displaysLots[slot]!, openLots);
  unlinkFromLevel(levels, orders, slot);
  orders.quantitiesLots[slot] = nextLots;
  appendToLevel(levels, orders, level, slot);
  state.sideOfLevel(level).totalLots += nextLots - shownLots;
  moveReserve(state, slot, openLots - nextLots - orders.reservesLots[slot]!);
  tellOfRefresh(state, slot, level);
  return openLots;
}

function tellOfRefresh({ orders, levels, listener }: BookState, slot: number, level: number): void {
  if (!listener) return;
  const orderId = orders.ids[slot]!;
  listener.removed(orderId);
  const side = levels.signs[level] === 1 ? 'BUY' : 'SELL';
  listener.added(orderId, side, levels.priceTicks(level), orders.quantitiesLots[slot]!);
}

function openLotsOf({ orders }: BookState, slot: number): number {
  return orders.quantitiesLots[slot]! + orders.reservesLots[slot]!;
}

function slotOf(state: BookState, orderId: number): number {
  const slot = state.index.get(orderId);
  return slot === NONE ? bug(`order ${orderId} is not in the book`) : slot;
}

function slotWith(state: BookState, orderId: number, quantityLots: number, verb: string): number {
  const slot = slotOf(state, orderId);
  if (!isQuantityLots(quantityLots)) bug(`cannot ${verb} order ${orderId} by ${quantityLots} lots`);
  const openLots = openLotsOf(state, slot);
  if (quantityLots > openLots) {
    bug(`cannot ${verb} order ${orderId} by ${quantityLots} lots: it has ${openLots}`);
  }
  return slot;
}

function assertCanRest(state: BookState, orderId: number, quantityLots: number, owner: number): void {
  if (!isOrderId(orderId)) bug(`${orderId} is not an order id`);
  if (!isQuantityLots(quantityLots)) bug(`order ${orderId} cannot rest with ${quantityLots} lots`);
  if (!isOwner(owner)) bug(`order ${orderId} cannot have the owner ${owner}`);
  if (state.index.get(orderId) !== NONE) bug(`order ${orderId} is in the book already`);
  if (state.index.size >= OPEN_ORDERS_MAX)
    bug(`order ${orderId} does not fit: ${OPEN_ORDERS_MAX} orders rest`);
}

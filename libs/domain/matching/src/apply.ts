import type { BookState } from './book-state';
import { bug } from './bug';
import { appendToLevel, unlinkFromLevel } from './level-queue';
import { isOrderId, isOwner, isPriceTicks, isQuantityLots, OPEN_ORDERS_MAX } from './limits';
import { NONE } from './order-pool';
import type { Side } from './side';

/** Rests an order behind all others of its price. Whether it should have traded first is for the caller to have planned. */
export function restOrder(
  state: BookState,
  orderId: number,
  side: Side,
  priceTicks: number,
  quantityLots: number,
  owner: number,
): void {
  assertCanRest(state, orderId, priceTicks, quantityLots, owner);
  restChecked(state, orderId, side, priceTicks, quantityLots, owner);
}

/** `restOrder` for a caller that has just proved that the order may rest. */
export function restChecked(
  state: BookState,
  orderId: number,
  side: Side,
  priceTicks: number,
  quantityLots: number,
  owner: number,
): void {
  const bookSide = state.sideOf(side);
  const slot = state.orders.allocate(orderId, quantityLots, owner);
  state.index.add(orderId, slot);
  appendToLevel(state.levels, state.orders, bookSide.ensureLevel(priceTicks), slot);
  bookSide.orderCount++;
  bookSide.totalLots += quantityLots;
  state.listener?.added(orderId, side, priceTicks, quantityLots);
}

/** Takes lots from a resting order, which keeps its place; at zero it is removed. Answers the lots that are left. */
export function reduceOrder(state: BookState, orderId: number, quantityLots: number): number {
  const slot = slotOf(state, orderId);
  if (!isQuantityLots(quantityLots)) bug(`cannot reduce order ${orderId} by ${quantityLots} lots`);
  const openLots = state.orders.quantitiesLots[slot]!;
  if (quantityLots > openLots) {
    bug(`cannot reduce order ${orderId} by ${quantityLots} lots: it has ${openLots}`);
  }
  return reduceSlot(state, slot, quantityLots);
}

/** `reduceOrder` for a caller that has just found the slot and knows that the quantity fits. */
export function reduceSlot(state: BookState, slot: number, quantityLots: number): number {
  const { orders, levels } = state;
  const leavesLots = orders.quantitiesLots[slot]! - quantityLots;
  if (leavesLots === 0) {
    removeSlot(state, slot);
    return 0;
  }
  const level = orders.levels[slot]!;
  orders.quantitiesLots[slot] = leavesLots;
  levels.totalsLots[level] = levels.totalsLots[level]! - quantityLots;
  state.sideOfLevel(level).totalLots -= quantityLots;
  state.listener?.reduced(orders.ids[slot]!, leavesLots);
  return leavesLots;
}

/** Removes a resting order. Answers the lots it still had. */
export function removeOrder(state: BookState, orderId: number): number {
  return removeSlot(state, slotOf(state, orderId));
}

/** Removes an order of which the caller has just found the slot. Answers the lots it still had. */
export function removeSlot(state: BookState, slot: number): number {
  const { orders, levels } = state;
  const level = orders.levels[slot]!;
  const openLots = orders.quantitiesLots[slot]!;
  const bookSide = state.sideOfLevel(level);
  const orderId = orders.ids[slot]!;
  unlinkFromLevel(levels, orders, slot);
  if (levels.orderCounts[level] === 0) bookSide.dropLevel(level);
  bookSide.orderCount--;
  bookSide.totalLots -= openLots;
  state.index.remove(orderId);
  orders.release(slot);
  state.listener?.removed(orderId);
  return openLots;
}

function slotOf(state: BookState, orderId: number): number {
  const slot = state.index.get(orderId);
  return slot === NONE ? bug(`order ${orderId} is not in the book`) : slot;
}

function assertCanRest(
  state: BookState,
  orderId: number,
  priceTicks: number,
  quantityLots: number,
  owner: number,
): void {
  if (!isOrderId(orderId)) bug(`${orderId} is not an order id`);
  if (!isPriceTicks(priceTicks)) bug(`order ${orderId} cannot rest at ${priceTicks} ticks`);
  if (!isQuantityLots(quantityLots)) bug(`order ${orderId} cannot rest with ${quantityLots} lots`);
  if (!isOwner(owner)) bug(`order ${orderId} cannot have the owner ${owner}`);
  if (state.index.get(orderId) !== NONE) bug(`order ${orderId} is in the book already`);
  if (state.index.size >= OPEN_ORDERS_MAX)
    bug(`order ${orderId} does not fit: ${OPEN_ORDERS_MAX} orders rest`);
}

import { fillSlot, reduceOrder, restChecked } from './apply';
import type { BookState } from './book-state';
import { bug } from './bug';
import type { FillBuffer } from './fill-buffer';
import { isOrderId, isOwner, isQuantityLots, MARKET, OPEN_ORDERS_MAX } from './limits';
import { NONE } from './order-pool';
import { availableLots, planFills } from './plan';
import type { SelfTradeAction } from './self-trade';
import type { Side } from './side';

/**
 * What becomes of the lots that find no match: GTC rests them (a MARKET order's never rest), IOC drops them, and FOK
 * changes nothing unless all lots trade (so prevention that would leave it short kills it, and no resting order suffers). The calendar's times in force are the caller's: to the book they are GTC.
 */
export type RemainderPolicy = 'GTC' | 'IOC' | 'FOK';

/**
 * Plans and applies in one call, for engines without an event log and for benchmarks. The fills are left in the
 * buffer. Answers the lots that now rest. Throws before any change if the id rests already or a number is out of range.
 */
export function submitOrder(
  state: BookState,
  orderId: number,
  side: Side,
  limitPriceTicks: number,
  quantityLots: number,
  owner: number,
  policy: RemainderPolicy,
  fills: FillBuffer,
  selfTrade: SelfTradeAction,
  displayLots: number,
): number {
  assertCanSubmit(state, orderId, quantityLots, owner);
  if (policy === 'FOK' && availableLots(state, side, limitPriceTicks, quantityLots) < quantityLots) {
    fills.reset(quantityLots);
    return 0;
  }
  planFills(state, side, limitPriceTicks, quantityLots, owner, fills, selfTrade);
  if (policy === 'FOK' && fills.filledLots < quantityLots) {
    fills.reset(quantityLots);
    return 0;
  }
  applyPlan(state, fills);
  if (fills.leavesLots === 0 || fills.isTakerCancelled || policy !== 'GTC' || limitPriceTicks === MARKET)
    return 0;
  restChecked(state, orderId, side, limitPriceTicks, fills.leavesLots, owner, displayLots);
  return fills.leavesLots;
}

function applyPlan(state: BookState, fills: FillBuffer): void {
  for (let i = 0; i < fills.count; i++) fillSlot(state, fills.makerSlots[i]!, fills.quantitiesLots[i]!);
  for (let i = 0; i < fills.preventedCount; i++) {
    reduceOrder(state, fills.preventedOrderIds[i]!, fills.preventedLots[i]!);
  }
}

function assertCanSubmit(state: BookState, orderId: number, quantityLots: number, owner: number): void {
  if (!isOrderId(orderId)) bug(`${orderId} is not an order id`);
  if (!isQuantityLots(quantityLots)) bug(`order ${orderId} cannot have ${quantityLots} lots`);
  if (!isOwner(owner)) bug(`order ${orderId} cannot have the owner ${owner}`);
  if (state.index.get(orderId) !== NONE) bug(`order ${orderId} is in the book already`);
  if (state.index.size >= OPEN_ORDERS_MAX) bug(`order ${orderId} may not fit, the book is full`);
}

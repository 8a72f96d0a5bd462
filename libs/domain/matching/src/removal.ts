import { removeSlot } from './apply';
import type { BookState } from './book-state';
import { NONE } from './order-pool';
import type { Side } from './side';

/**
 * What an order was when it left the book; its quantity has the hidden lots in it. One record is used again by every removal, so
 * copy what is to be kept.
 */
export class Removal {
  orderId = 0;
  side: Side = 'BUY';
  priceTicks = 0;
  quantityLots = 0;
  owner = 0;
}

/** Removes an order if it rests and writes down what it was. Answers false, and leaves the record as it was, if it does not. */
export function removeIfResting(state: BookState, orderId: number, removal: Removal): boolean {
  const { orders, levels } = state;
  const slot = state.index.get(orderId);
  if (slot === NONE) return false;
  const level = orders.levels[slot]!;
  removal.orderId = orderId;
  removal.side = levels.signs[level] === 1 ? 'BUY' : 'SELL';
  removal.priceTicks = levels.priceTicks(level);
  removal.owner = orders.owners[slot]!;
  removal.quantityLots = removeSlot(state, slot);
  return true;
}

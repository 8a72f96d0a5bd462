import type { BookState } from './book-state';

/** Puts lots behind the displayed ones of an order that has just come to rest. They are in no level's displayed total. */
export function hideReserve(state: BookState, slot: number, hiddenLots: number, displayLots: number): void {
  state.icebergCount++;
  state.orders.displaysLots[slot] = displayLots;
  addHidden(state, slot, hiddenLots);
}

/** Changes an iceberg's reserve by so many lots. One whose reserve is gone is an ordinary order from then on. */
export function moveReserve(state: BookState, slot: number, byLots: number): void {
  addHidden(state, slot, byLots);
  if (state.orders.reservesLots[slot] === 0) state.icebergCount--;
}

/** Empties the reserve of an order that leaves the book, so that its free slot has none. Answers what was in it. */
export function dropReserve(state: BookState, slot: number): number {
  const hiddenLots = state.orders.reservesLots[slot]!;
  if (hiddenLots > 0) moveReserve(state, slot, -hiddenLots);
  return hiddenLots;
}

function addHidden(state: BookState, slot: number, byLots: number): void {
  const { orders, levels } = state;
  const level = orders.levels[slot]!;
  orders.reservesLots[slot] = orders.reservesLots[slot]! + byLots;
  levels.hiddenLots[level] = levels.hiddenLots[level]! + byLots;
  state.sideOfLevel(level).hiddenLots += byLots;
}

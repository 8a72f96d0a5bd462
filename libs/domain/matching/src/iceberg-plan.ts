import type { BookState } from './book-state';
import type { FillBuffer } from './fill-buffer';
import { NO_OWNER } from './limits';
import { NONE } from './order-pool';
import type { SelfTradeAction } from './self-trade';

/**
 * Plans a level in which orders hide lots. First every order trades what it displays, in the order of the queue; the icebergs
 * that are eaten queue anew behind all others, so from then on they take turns until they or the incoming order are gone.
 */
export function planIcebergs(
  state: BookState,
  level: number,
  owner: number,
  fills: FillBuffer,
  selfTrade: SelfTradeAction,
): void {
  const { orders, refreshed } = state;
  const priceTicks = state.levels.priceTicks(level);
  refreshed.count = 0;
  for (let slot = state.levels.heads[level]!; fills.isHungry && slot !== NONE; slot = orders.next[slot]!) {
    const isSelf = orders.owners[slot] === owner && owner !== NO_OWNER;
    if (isSelf && selfTrade !== 'ALLOW') {
      const openLots = orders.quantitiesLots[slot]! + orders.reservesLots[slot]!;
      fills.preventSelfTrade(orders.ids[slot]!, openLots, selfTrade);
      continue;
    }
    if (isSelf && fills.selfFillFirst < 0) fills.selfFillFirst = fills.count;
    const reserveLots = orders.reservesLots[slot]!;
    const isEaten = planFill(state, slot, priceTicks, orders.quantitiesLots[slot]!, fills);
    if (isEaten && reserveLots > 0) refreshed.push(slot, reserveLots);
  }
  while (fills.isHungry && refreshed.count > 0) planRound(state, priceTicks, fills);
}

/** Lets each refreshed iceberg trade what it shows now, and keeps those that still hide something, in their order. */
function planRound(state: BookState, priceTicks: number, fills: FillBuffer): void {
  const { orders, refreshed } = state;
  const { count } = refreshed;
  refreshed.count = 0;
  for (let i = 0; fills.isHungry && i < count; i++) {
    const slot = refreshed.slots[i]!;
    const reserveLots = refreshed.reservesLots[i]!;
    const shownLots = Math.min(orders.displaysLots[slot]!, reserveLots);
    const isEaten = planFill(state, slot, priceTicks, shownLots, fills);
    if (isEaten && reserveLots > shownLots) refreshed.push(slot, reserveLots - shownLots);
  }
}

/** Adds a fill with what an order shows. Answers whether nothing of that is left. */
function planFill(
  { orders }: BookState,
  slot: number,
  priceTicks: number,
  shownLots: number,
  fills: FillBuffer,
): boolean {
  const lots = Math.min(fills.leavesLots, shownLots);
  fills.push(slot, orders.ids[slot]!, orders.owners[slot]!, priceTicks, lots);
  return lots === shownLots;
}

import type { BookState } from './book-state';
import { bug } from './bug';
import type { FillBuffer } from './fill-buffer';
import { planIcebergs } from './iceberg-plan';
import { isOwner, isPriceTicks, isQuantityLots, MARKET, NO_OWNER } from './limits';
import { NONE } from './order-pool';
import type { SelfTradeAction } from './self-trade';
import type { Side } from './side';

/**
 * Walks the opposite side in price-time priority and writes down what an order would trade with, without changing
 * anything. Every maker trades at its own price, and makers of the taker's own owner fare as the action says. Answers
 * the number of fills.
 */
export function planFills(
  state: BookState,
  side: Side,
  limitPriceTicks: number,
  quantityLots: number,
  owner: number,
  fills: FillBuffer,
  selfTrade: SelfTradeAction,
): number {
  if (!isQuantityLots(quantityLots)) bug(`cannot plan for ${quantityLots} lots`);
  if (!isOwner(owner)) bug(`cannot plan for the owner ${owner}`);
  const { levels } = state;
  const worstRank = worstRankFor(state, side, limitPriceTicks);
  fills.reset(quantityLots);
  let level = state.against(side).best;
  while (fills.isHungry && level !== NONE && levels.ranks[level]! >= worstRank) {
    if (levels.hiddenLots[level] === 0) planLevel(state, level, owner, fills, selfTrade);
    else planIcebergs(state, level, owner, fills, selfTrade);
    level = levels.worse[level]!;
  }
  return fills.count;
}

/**
 * The lots within the limit on the opposite side, hidden ones included, counted no further than `upToLots`: what a
 * fill-or-kill order asks. It adds up levels, not orders.
 */
export function availableLots(
  state: BookState,
  side: Side,
  limitPriceTicks: number,
  upToLots: number,
): number {
  const { levels } = state;
  const worstRank = worstRankFor(state, side, limitPriceTicks);
  let lots = 0;
  let level = state.against(side).best;
  while (lots < upToLots && level !== NONE && levels.ranks[level]! >= worstRank) {
    lots += levels.totalsLots[level]! + levels.hiddenLots[level]!;
    level = levels.worse[level]!;
  }
  return Math.min(lots, upToLots);
}

/** True if an order at the price would trade at once: what a post-only order must not do. */
export function crosses(state: BookState, side: Side, limitPriceTicks: number): boolean {
  const { best } = state.against(side);
  return best !== NONE && state.levels.ranks[best]! >= worstRankFor(state, side, limitPriceTicks);
}

function planLevel(
  state: BookState,
  level: number,
  owner: number,
  fills: FillBuffer,
  selfTrade: SelfTradeAction,
): void {
  const { orders } = state;
  const priceTicks = state.levels.priceTicks(level);
  let slot = state.levels.heads[level]!;
  while (fills.isHungry && slot !== NONE) {
    const makerOwner = orders.owners[slot]!;
    const makerLots = orders.quantitiesLots[slot]!;
    const isSelf = makerOwner === owner && owner !== NO_OWNER;
    if (isSelf && selfTrade !== 'ALLOW') fills.preventSelfTrade(orders.ids[slot]!, makerLots, selfTrade);
    else {
      if (isSelf && fills.selfFillFirst < 0) fills.selfFillFirst = fills.count;
      fills.push(slot, orders.ids[slot]!, makerOwner, priceTicks, Math.min(fills.leavesLots, makerLots));
    }
    slot = orders.next[slot]!;
  }
}

function worstRankFor(state: BookState, side: Side, limitPriceTicks: number): number {
  if (limitPriceTicks === MARKET) return Number.NEGATIVE_INFINITY;
  if (!isPriceTicks(limitPriceTicks)) bug(`${limitPriceTicks} is not a limit price in ticks`);
  return limitPriceTicks * state.against(side).sign;
}

import type { LevelPool } from './level-pool';
import { NONE, type OrderPool } from './order-pool';

/** Puts an order behind all others of its level and adds its quantity to the level's totals. */
export function appendToLevel(levels: LevelPool, orders: OrderPool, level: number, slot: number): void {
  const tail = levels.tails[level]!;
  orders.levels[slot] = level;
  orders.previous[slot] = tail;
  orders.next[slot] = NONE;
  if (tail === NONE) levels.heads[level] = slot;
  else orders.next[tail] = slot;
  levels.tails[level] = slot;
  levels.orderCounts[level] = levels.orderCounts[level]! + 1;
  levels.totalsLots[level] = levels.totalsLots[level]! + orders.quantitiesLots[slot]!;
}

/** Takes an order out of its level wherever it stands. The quantity it still has leaves the level's total with it. */
export function unlinkFromLevel(levels: LevelPool, orders: OrderPool, slot: number): void {
  const level = orders.levels[slot]!;
  const previous = orders.previous[slot]!;
  const next = orders.next[slot]!;
  if (previous === NONE) levels.heads[level] = next;
  else orders.next[previous] = next;
  if (next === NONE) levels.tails[level] = previous;
  else orders.previous[next] = previous;
  levels.orderCounts[level] = levels.orderCounts[level]! - 1;
  levels.totalsLots[level] = levels.totalsLots[level]! - orders.quantitiesLots[slot]!;
}

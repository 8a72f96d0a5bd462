import { reason } from '@clearway/kernel';
import { RECENT_FILLS_MIN } from '../recent-fills';
import type { OrderRule } from './order-rule';

/** Refuses orders far above what trades in the symbol, once 20 fills are known: quantity × fills > multiple × their sum. */
export const fatFingerRule: OrderRule = {
  code: 'FAT_FINGER',
  check: ({ order, state, limits }) => {
    const { fills, totalLots } = state.recentFills.summary(order.symbol);
    if (fills < RECENT_FILLS_MIN) return undefined;
    const allowed = BigInt(totalLots) * BigInt(limits.fatFingerMultipleMax);
    if (BigInt(order.quantityLots) * BigInt(fills) <= allowed) return undefined;
    return reason(
      'FAT_FINGER',
      `Quantity ${order.quantityLots} lots is over ${limits.fatFingerMultipleMax} times the average of the last ${fills} fills (${totalLots} lots together).`,
      {
        quantity_lots: `${order.quantityLots}`,
        recent_fills: `${fills}`,
        recent_fills_lots: `${totalLots}`,
        fat_finger_multiple_max: `${limits.fatFingerMultipleMax}`,
      },
    );
  },
};

import { common, type risk } from '@clearway/contracts';
import type { Reserve, Side } from '@clearway/domain-risk';

const { SIDE_BUY, SIDE_SELL } = common.Side;

/** Side as the domain has it; undefined for a number that is neither. */
export function sideFromWire(side: common.Side): Side | undefined {
  if (side === SIDE_BUY) return 'buy';
  return side === SIDE_SELL ? 'sell' : undefined;
}

/** An order to reserve, as the wire and the journal have it. */
export function reserveToWire(order: Reserve): risk.Reserve {
  return { ...order, side: order.side === 'buy' ? SIDE_BUY : SIDE_SELL };
}

/** An order to reserve from the wire or the journal. Its side was checked before; an unknown one is a bug. */
export function reserveFromWire(order: risk.Reserve): Reserve {
  const side = sideFromWire(order.side);
  if (!side) throw new Error(`order ${order.orderNumber} has no side`);
  return { ...order, side };
}

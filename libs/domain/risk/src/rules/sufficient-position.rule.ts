import { reason } from '@clearway/kernel';
import { availableMinor } from '../funds-book';
import type { OrderRule } from './order-rule';

/** Refuses sells of more than the available position: there is no selling short. */
export const sufficientPositionRule: OrderRule = {
  code: 'INSUFFICIENT_POSITION',
  check: ({ order, state, needMinor }) => {
    if (order.side !== 'sell') return undefined;
    const available = availableMinor(state.funds.get(order.account, order.baseAsset));
    if (needMinor <= available) return undefined;
    return reason(
      'INSUFFICIENT_POSITION',
      `The order delivers ${needMinor} minor units of ${order.baseAsset}, ${available} are available.`,
      { asset: order.baseAsset, need_minor: `${needMinor}`, available_minor: `${available}` },
    );
  },
};

import { reason } from '@clearway/kernel';
import type { OrderRule } from './order-rule';

/** Refuses orders of accounts that clearing has frozen. */
export const frozenAccountRule: OrderRule = {
  code: 'ACCOUNT_FROZEN',
  check: ({ order, state }) =>
    state.freezes.get(order.account)?.frozen
      ? reason('ACCOUNT_FROZEN', `Account ${order.account} is frozen.`, { account: order.account })
      : undefined,
};

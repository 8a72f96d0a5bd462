import { reason } from '@clearway/kernel';
import type { OrderRule } from './order-rule';

/** Refuses orders of accounts that were never funded. */
export const knownAccountRule: OrderRule = {
  code: 'UNKNOWN_ACCOUNT',
  check: ({ order, state }) =>
    state.funds.has(order.account)
      ? undefined
      : reason('UNKNOWN_ACCOUNT', `Account ${order.account} has never been funded.`, {
          account: order.account,
        }),
};

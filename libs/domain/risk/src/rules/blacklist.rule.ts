import { participantOf, reason } from '@clearway/kernel';
import type { OrderRule } from './order-rule';

/** Refuses orders of participants on the blacklist, whatever account they use. */
export const blacklistRule: OrderRule = {
  code: 'BLACKLISTED',
  check: ({ order, state }) => {
    const participant = participantOf(order.account);
    if (!state.blacklist.has(participant)) return undefined;
    return reason('BLACKLISTED', `Participant ${participant} is on the blacklist.`, { participant });
  },
};

import { accountOf, type Peer } from '@clearway/testing';

/** Reasons that say nothing about the order: somebody was not there to decide it. */
const FAULTS: ReadonlySet<string> = new Set(['STEP_DEADLINE', 'INTERNAL']);
const PAGE_SIZE = 500;

/**
 * When orders were accepted, in milliseconds since the epoch, that were then rejected because a service could not be reached, by
 * every order's own reasons.
 */
export async function rejectedByFaults(operator: Peer, participants: readonly string[]): Promise<number[]> {
  const acceptedAtMs: number[] = [];
  for (const participant of participants) {
    let pageToken = '';
    do {
      const page = { account: accountOf(participant), openOnly: false, pageSize: PAGE_SIZE, pageToken };
      const { orders, nextPageToken } = await operator.trading.call('listOrders', page);
      const faulty = orders.filter(({ reasons }) => reasons.some(({ code }) => FAULTS.has(code)));
      acceptedAtMs.push(...faulty.map(({ acceptedAtMicros }) => acceptedAtMicros / 1_000));
      pageToken = nextPageToken;
    } while (pageToken !== '');
  }
  return acceptedAtMs;
}

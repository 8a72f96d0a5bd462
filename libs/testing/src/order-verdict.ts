import { trading } from '@clearway/contracts';
import type { AnsweredOrder, OrderLane } from './order-lane';
import type { Peer } from './peer';
import { accountOf, lookUp } from './test-market';
import { until } from './until';

const LOOK_UPS_AT_ONCE = 64;
const PAGE_SIZE = 500;

const { ORD_STATUS_NEW, ORD_STATUS_PARTIALLY_FILLED } = trading.OrdStatus;
const { ORD_STATUS_FILLED, ORD_STATUS_CANCELED, ORD_STATUS_REJECTED } = trading.OrdStatus;
const LIVE: ReadonlySet<trading.OrdStatus> = new Set([ORD_STATUS_NEW, ORD_STATUS_PARTIALLY_FILLED]);
const FINAL: ReadonlySet<trading.OrdStatus> = new Set([
  ORD_STATUS_FILLED,
  ORD_STATUS_CANCELED,
  ORD_STATUS_REJECTED,
]);

/** Looks up every answered order: it is there, it is the one that was answered, and its state is whole. */
export async function wrongOrders(operator: Peer, lane: OrderLane): Promise<string[]> {
  const wrong: string[] = [];
  const open = [...lane.answers];
  const look = async (): Promise<void> => {
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [clOrdId, answer] = next;
      const request = lane.requests.get(clOrdId);
      if (request === undefined) throw new Error('an answer without its request');
      const found = await lookUp(operator, request);
      const problem = problemOf(answer, found);
      if (problem !== undefined) wrong.push(`${clOrdId}: ${problem}`);
    }
  };
  await Promise.all(Array.from({ length: LOOK_UPS_AT_ONCE }, look));
  return wrong;
}

/** What is wrong with an order as it is found, when it was answered like that. */
function problemOf(answered: AnsweredOrder, found: trading.Order): string | undefined {
  const status = trading.OrdStatus[found.ordStatus];
  if (found.orderId !== answered.orderId) return `was ${answered.orderId}, is ${found.orderId}`;
  const [quantity, cum, leaves] = [found.orderQty, found.cumQty, found.leavesQty].map(Number) as [
    number,
    number,
    number,
  ];
  if (!LIVE.has(found.ordStatus) && !FINAL.has(found.ordStatus)) return `is ${status}`;
  if (LIVE.has(found.ordStatus) !== leaves > 0) return `is ${status} with ${leaves} left`;
  if (found.ordStatus === ORD_STATUS_FILLED && cum !== quantity)
    return `is FILLED with ${cum} of ${quantity}`;
  if (cum + leaves > quantity) return `has ${cum} filled and ${leaves} left of ${quantity}`;
  if (cum < Number(answered.cumQty)) return `lost fills: ${answered.cumQty} were answered, ${cum} are left`;
  if (FINAL.has(answered.ordStatus) && found.ordStatus !== answered.ordStatus)
    return `was ${trading.OrdStatus[answered.ordStatus]}, is ${status}`;
  return Number(found.unsettledQty) === 0 ? undefined : `has ${found.unsettledQty} unsettled`;
}

/** What became of a lane's answered orders, by the account's whole list. */
export interface ListVerdict {
  /** Answered and not there, or not as they were answered: what an acknowledged order or cancel must never be. */
  readonly lost: readonly string[];
  /** There more than once. */
  readonly doubled: readonly string[];
}

/** Looks for every answered order of a lane in the list of its account, which is cheaper than a look-up each. */
export async function listVerdict(
  operator: Peer,
  participant: string,
  lane: OrderLane,
): Promise<ListVerdict> {
  const found = new Map<string, trading.Order>();
  const doubled: string[] = [];
  for await (const order of listed(operator, participant)) {
    if (found.has(order.clOrdId)) doubled.push(order.clOrdId);
    found.set(order.clOrdId, order);
  }
  const lost: string[] = [];
  for (const [clOrdId, answered] of lane.answers) {
    const order = found.get(clOrdId);
    const problem = order === undefined ? 'is not there' : problemOf(answered, order);
    if (problem !== undefined) lost.push(`${clOrdId}: ${problem}`);
  }
  return { lost, doubled };
}

/** Compares the account's list of orders with what its lane was answered: each once, none missing. */
export async function doubledOrMissing(
  operator: Peer,
  participant: string,
  lane: OrderLane,
): Promise<string[]> {
  const list = async (): Promise<string[]> => {
    const counts = new Map<string, number>();
    for await (const { clOrdId } of listed(operator, participant))
      counts.set(clOrdId, (counts.get(clOrdId) ?? 0) + 1);
    const wrong = [...lane.answers.keys()].filter((clOrdId) => counts.get(clOrdId) !== 1);
    return wrong.map((clOrdId) => `${clOrdId} is listed ${counts.get(clOrdId) ?? 0} times`);
  };
  // The read model that closed orders are listed from follows the journal by a moment.
  let last: string[] = [];
  await until('the list of orders to be whole', async () => {
    last = await list();
    return last.length === 0;
  }).catch(() => undefined);
  return last;
}

async function* listed(operator: Peer, participant: string): AsyncGenerator<trading.Order> {
  let pageToken = '';
  do {
    const page = { account: accountOf(participant), openOnly: false, pageSize: PAGE_SIZE, pageToken };
    const { orders, nextPageToken } = await operator.trading.call('listOrders', page);
    yield* orders;
    pageToken = nextPageToken;
  } while (pageToken !== '');
}

import { trading } from '@clearway/contracts';
import { type Cluster, type Peer, SERVICES, type ServiceName, until } from '@clearway/testing';
import { brokenInvariants, whenQuiet } from './invariants';
import { accountOf, lookUp, startMarket } from './market';
import type { OrderLane } from './order-lane';
import { OrderLoad } from './order-load';

jest.setTimeout(120_000);

const PARTICIPANTS = ['alice', 'bob', 'carol'];
const ORDERS_BEFORE_KILL = 400;
const ORDERS_AFTER_START = 400;
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

describe('each service killed with -9 under load, in turn', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startMarket({ participants: PARTICIPANTS, logLevel: 'warn' });
  });

  afterAll(async () => cluster?.close());

  const victims: [string, readonly ServiceName[]][] = [
    ...SERVICES.map((name): [string, readonly ServiceName[]] => [name, [name]]),
    ['all four at once', SERVICES],
  ];

  it.each(victims)(
    '%s: every accepted order has one final or live state and all invariants hold',
    async (name, killed) => {
      const load = new OrderLoad(cluster, PARTICIPANTS, name.length * 100);
      const untilAnswered = (orders: number): Promise<unknown> =>
        until(`${orders} answers`, () => load.answered >= orders, { timeoutMs: 30_000 });
      await untilAnswered(ORDERS_BEFORE_KILL);
      await Promise.all(killed.map((service) => cluster.kill(service)));
      await Promise.all(killed.map((service) => cluster.start(service)));
      await untilAnswered(load.answered + ORDERS_AFTER_START);
      await load.settle();
      await whenQuiet(cluster.operator);

      for (const [participant, lane] of load.lanes) {
        expect(lane.errors).toEqual([]);
        expect([...lane.answers.keys()].sort()).toEqual([...lane.requests.keys()].sort());
        expect(await wrongOrders(cluster.operator, lane)).toEqual([]);
        expect(await doubledOrMissing(cluster.operator, participant, lane)).toEqual([]);
      }
      expect(await brokenInvariants(cluster)).toEqual([]);
    },
  );
});

/** Looks up every answered order: it is there, it is the one that was answered, and its state is whole. */
async function wrongOrders(operator: Peer, lane: OrderLane): Promise<string[]> {
  const wrong: string[] = [];
  const open = [...lane.answers];
  const look = async (): Promise<void> => {
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [clOrdId, answer] = next;
      const request = lane.requests.get(clOrdId);
      if (request === undefined || answer.order === undefined) throw new Error('an answer without its order');
      const found = await lookUp(operator, request);
      const problem = problemOf(answer.order, found);
      if (problem !== undefined) wrong.push(`${clOrdId}: ${problem}`);
    }
  };
  await Promise.all(Array.from({ length: LOOK_UPS_AT_ONCE }, look));
  return wrong;
}

/** What is wrong with an order as it is found, when it was answered like that. */
function problemOf(answered: trading.Order, found: trading.Order): string | undefined {
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

/** Compares the account's list of orders with what its lane was answered: each once, none missing. */
async function doubledOrMissing(operator: Peer, participant: string, lane: OrderLane): Promise<string[]> {
  const list = async (): Promise<string[]> => {
    const counts = new Map<string, number>();
    for await (const clOrdId of listed(operator, participant))
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

async function* listed(operator: Peer, participant: string): AsyncGenerator<string> {
  let pageToken = '';
  do {
    const page = { account: accountOf(participant), openOnly: false, pageSize: PAGE_SIZE, pageToken };
    const { orders, nextPageToken } = await operator.trading.call('listOrders', page);
    for (const { clOrdId } of orders) yield clOrdId;
    pageToken = nextPageToken;
  } while (pageToken !== '');
}

import {
  brokenInvariants,
  type Cluster,
  doubledOrMissing,
  OrderLoad,
  SERVICES,
  type ServiceName,
  until,
  whenQuiet,
  wrongOrders,
} from '@clearway/testing';
import { startMarket } from './market';

jest.setTimeout(120_000);

const PARTICIPANTS = ['alice', 'bob', 'carol'];
const ORDERS_BEFORE_KILL = 400;
const ORDERS_AFTER_START = 400;

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

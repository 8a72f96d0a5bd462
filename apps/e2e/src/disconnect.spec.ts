import type { trading } from '@clearway/contracts';
import { type Cluster, until } from '@clearway/testing';
import { accountOf, order, startMarket, TIME_IN_FORCE_GTC } from './market';

jest.setTimeout(60_000);

const ORDERS = 50;

describe('the end of an order-entry stream', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startMarket({ participants: ['alice', 'bob', 'carol'] });
  });

  afterAll(async () => cluster?.close());

  const openOrders = async (participant: string): Promise<number> => {
    const page = { account: accountOf(participant), openOnly: true, pageSize: 500, pageToken: '' };
    return (await cluster.operator.trading.call('listOrders', page)).orders.length;
  };

  const codesOf = async (participant: string): Promise<string[]> => {
    const page = { account: accountOf(participant), openOnly: false, pageSize: 500, pageToken: '' };
    const { orders } = await cluster.operator.trading.call('listOrders', page);
    expect(orders).toHaveLength(ORDERS);
    return [...new Set(orders.flatMap(({ reasons }) => reasons.map(({ code }) => code)))];
  };

  const message = (participant: string, cancelOnDisconnect: boolean): trading.StreamOrdersRequest => ({
    cancelOnDisconnect,
    acksOnly: true,
    commands: Array.from({ length: ORDERS }, (_, index) => {
      const value = order(participant, { price: '99.00', orderQty: '1', timeInForce: TIME_IN_FORCE_GTC });
      return { requestId: index + 1, command: { $case: 'place', value } as const };
    }),
  });

  it('cancels what the stream placed, if it asked for that, and keeps it otherwise', async () => {
    for (const [participant, isAsked] of [
      ['alice', true],
      ['bob', false],
    ] as const) {
      const client = new AbortController();
      const stream = cluster.as(participant).trading.duplex('streamOrders', { signal: client.signal });
      let answered = 0;
      const ended = stream.receive(({ acks }) => {
        answered += acks.length;
      });
      stream.write(message(participant, isAsked));
      await until('all acks', () => answered === ORDERS);
      expect(await openOrders(participant)).toBe(ORDERS);
      client.abort();
      await ended.catch(() => undefined);
    }
    await until('alice has nothing open', async () => (await openOrders('alice')) === 0);
    expect(await codesOf('alice')).toEqual(['DISCONNECTED']);
    expect(await openOrders('bob')).toBe(ORDERS);
  });

  it('cancels also what was still on its way when the client was gone', async () => {
    const hold = new AbortController();
    const stream = cluster.as('carol').trading.duplex('streamOrders', { signal: hold.signal });
    let messages = 0;
    const ended = stream.receive(() => {
      messages += 1;
      hold.abort();
    });
    stream.write(message('carol', true));
    await ended.catch(() => undefined);
    expect(messages).toBeGreaterThan(0);
    await until('carol has nothing open', async () => (await openOrders('carol')) === 0);
    expect(await codesOf('carol')).toEqual(['DISCONNECTED']);
  });
});

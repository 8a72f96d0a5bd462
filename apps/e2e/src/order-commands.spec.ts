import { trading } from '@clearway/contracts';
import { brokenInvariants, type Cluster, type Peer, whenQuiet } from '@clearway/testing';
import { accountOf, fundsOf, order, place, SIDE_SELL, seen, startMarket } from './market';

jest.setTimeout(60_000);

const { REPLACE_OUTCOME_REPLACED, REPLACE_OUTCOME_TOO_LATE, REPLACE_OUTCOME_REFUSED } =
  trading.ReplaceOutcome;

describe('what may be asked of orders, with real processes', () => {
  let cluster: Cluster;
  let alice: Peer;
  let bob: Peer;

  beforeAll(async () => {
    cluster = await startMarket({ participants: ['alice', 'bob'] });
    alice = cluster.as('alice');
    bob = cluster.as('bob');
  });

  afterAll(async () => cluster?.close());

  afterEach(async () => {
    for (const peer of [alice, bob]) await cancelAll(peer);
    await whenQuiet(cluster.operator);
    expect(await brokenInvariants(cluster)).toEqual([]);
  });

  async function cancelAll(peer: Peer): Promise<void> {
    const account = accountOf(peer === alice ? 'alice' : 'bob');
    const page = { account, openOnly: true, pageSize: 500, pageToken: '' };
    for (const { orderId } of (await peer.trading.call('listOrders', page)).orders)
      await peer.trading.call('cancelOrder', { orderId, account: '', clOrdId: '' });
  }

  const replace = (
    peer: Peer,
    origClOrdId: string,
    change: Partial<trading.ReplaceOrderRequest>,
  ): Promise<trading.ReplaceOrderResponse> => {
    const account = accountOf(peer === alice ? 'alice' : 'bob');
    const clOrdId = `${origClOrdId}r`;
    const request = { orderId: '', account, origClOrdId, clOrdId, orderQty: '', price: '', ...change };
    return peer.trading.call('replaceOrder', request, { timeoutMs: 15_000 });
  };

  describe('ReplaceOrder', () => {
    it('holds the difference first, keeps what is filled, and gives back what is left over', async () => {
      const placed = order('alice', { price: '99.00' });
      await place(alice, placed);
      expect((await fundsOf(cluster.operator, 'alice')).USD?.held).toBe('990.19');
      const up = await replace(alice, placed.clOrdId, { orderQty: '20', price: '99.50', clOrdId: 'up' });
      expect(up).toMatchObject({ outcome: REPLACE_OUTCOME_REPLACED, duplicate: false });
      expect(up.order).toMatchObject({
        clOrdId: 'up',
        origClOrdId: placed.clOrdId,
        orderQty: '20',
        price: '99.50',
      });
      await place(bob, order('bob', { side: SIDE_SELL, orderQty: '5', price: '99.50' }));
      const down = await replace(alice, 'up', { orderQty: '8', price: '98.00', clOrdId: 'down' });
      expect(seen(down.order)).toMatchObject({ status: 'PARTIALLY_FILLED', cum: '5', leaves: '3' });
      await whenQuiet(cluster.operator);
      expect((await fundsOf(cluster.operator, 'alice')).USD?.held).toBe('294.05');
    });

    it('answers a repeated key with the first outcome, also across a restart', async () => {
      const placed = order('alice', { price: '99.00' });
      await place(alice, placed);
      await replace(alice, placed.clOrdId, { orderQty: '4', clOrdId: 'again' });
      await cluster.kill('trading');
      await cluster.start('trading');
      const again = await replace(alice, placed.clOrdId, { orderQty: '4', clOrdId: 'again' });
      expect(again).toMatchObject({ outcome: REPLACE_OUTCOME_REPLACED, duplicate: true });
      expect(seen(again.order).leaves).toBe('4');
      const other = replace(alice, placed.clOrdId, { orderQty: '5', clOrdId: 'again' });
      await expect(other).rejects.toMatchObject({ reason: 'CL_ORD_ID_REUSED' });
    });

    it('leaves the order as it was when risk refuses, and is too late for one that is closed', async () => {
      const placed = order('alice', { price: '99.00' });
      await place(alice, placed);
      const dear = await replace(alice, placed.clOrdId, { orderQty: '100000', clOrdId: 'dear' });
      expect(dear.outcome).toBe(REPLACE_OUTCOME_REFUSED);
      expect(dear.reasons.map(({ code }) => code)).toContain('INSUFFICIENT_FUNDS');
      expect(dear.order).toMatchObject({ clOrdId: placed.clOrdId, orderQty: '10' });
      await alice.trading.call('cancelOrder', {
        orderId: dear.order?.orderId ?? '',
        account: '',
        clOrdId: '',
      });
      const late = await replace(alice, placed.clOrdId, { orderQty: '5', clOrdId: 'late' });
      expect(late.outcome).toBe(REPLACE_OUTCOME_TOO_LATE);
    });

    it('may trade at once when it comes to the book anew', async () => {
      await place(bob, order('bob', { side: SIDE_SELL, orderQty: '5', price: '100.00' }));
      const placed = order('alice', { price: '99.00', orderQty: '8' });
      await place(alice, placed);
      const up = await replace(alice, placed.clOrdId, { price: '100.00' });
      expect(seen(up.order)).toMatchObject({ status: 'PARTIALLY_FILLED', cum: '5', leaves: '3' });
      expect(up.fills.map(({ lastQty, lastPx }) => `${lastQty}@${lastPx}`)).toEqual(['5@100.00']);
    });
  });
});

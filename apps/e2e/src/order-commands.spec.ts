import { trading } from '@clearway/contracts';
import { brokenInvariants, type Cluster, type Peer, until, whenQuiet } from '@clearway/testing';
import { accountOf, fundsOf, order, place, SIDE_BUY, SIDE_SELL, seen, startMarket } from './market';

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
    const request = {
      orderId: '',
      account,
      origClOrdId,
      clOrdId,
      orderQty: '',
      price: '',
      stopPrice: '',
      displayQty: '',
      ...change,
    };
    return peer.trading.call('replaceOrder', request, { timeoutMs: 15_000 });
  };

  const { ORD_TYPE_STOP_LOSS, ORD_TYPE_STOP_LIMIT, ORD_TYPE_TRAILING_STOP } = trading.OrdType;
  const { TIME_IN_FORCE_GTC, TIME_IN_FORCE_GTD } = trading.TimeInForce;
  const statusOf = async (placed: trading.PlaceOrderRequest): Promise<trading.Order | undefined> => {
    const key = { orderId: '', account: placed.account, clOrdId: placed.clOrdId };
    return (await cluster.operator.trading.call('getOrderStatus', key)).order;
  };
  /** bob and alice trade one share at a price. */
  const tradeAt = async (price: string): Promise<void> => {
    await place(bob, order('bob', { side: SIDE_SELL, orderQty: '1', price }));
    await place(alice, order('alice', { orderQty: '1', price }));
  };

  describe('stop orders', () => {
    const stop = (over: Partial<trading.PlaceOrderRequest>): trading.PlaceOrderRequest =>
      order('bob', {
        timeInForce: TIME_IN_FORCE_GTC,
        ordType: ORD_TYPE_STOP_LOSS,
        price: '',
        stopPrice: '101.00',
        ...over,
      });

    it('wait with their hold through a crash, and trade once their price has come', async () => {
      const loss = stop({});
      const limit = stop({ ordType: ORD_TYPE_STOP_LIMIT, price: '101.50' });
      const trailing = stop({ ordType: ORD_TYPE_TRAILING_STOP, stopPrice: '', trailingOffset: '5.00' });
      const other = await cluster.operator.trading.call('listOrders', {
        account: accountOf('alice'),
        openOnly: true,
        pageSize: 1,
        pageToken: '',
      });
      expect(other.orders).toEqual([]);
      await tradeAt('100.00');
      for (const each of [loss, limit, trailing]) expect((await place(bob, each)).status).toBe('NEW');
      await cluster.kill('trading');
      await cluster.start('trading');
      expect((await fundsOf(cluster.operator, 'bob')).USD?.held).toBe('3178.63');
      await place(alice, order('alice', { side: SIDE_SELL, orderQty: '15', price: '101.20' }));
      await tradeAt('101.00');
      expect(seen(await statusOf(loss))).toMatchObject({ status: 'FILLED', cum: '10' });
      expect(seen(await statusOf(limit))).toMatchObject({ status: 'PARTIALLY_FILLED', cum: '5' });
      expect(seen(await statusOf(trailing))).toMatchObject({ status: 'NEW', cum: '0' });
    });
  });

  describe('icebergs and GTD', () => {
    it('show a part at a time, and end at their time', async () => {
      const iceberg = order('alice', { orderQty: '10', displayQty: '3', price: '97.00' });
      expect(await place(alice, iceberg)).toMatchObject({ status: 'NEW', leaves: '10' });
      await place(bob, order('bob', { side: SIDE_SELL, orderQty: '7', price: '97.00' }));
      expect(seen(await statusOf(iceberg))).toMatchObject({ cum: '7', leaves: '3' });
      const expireAtMicros = (Date.now() + 1_500) * 1_000;
      const brief = order('alice', { price: '96.00', timeInForce: TIME_IN_FORCE_GTD, expireAtMicros });
      expect(await place(alice, brief)).toMatchObject({ status: 'NEW' });
      await until('the order to expire', async () => seen(await statusOf(brief)).status === 'EXPIRED');
      expect(seen(await statusOf(brief)).reasons).toEqual(['GTD_EXPIRED']);
    });
  });

  describe('MassCancel', () => {
    const all = { participant: '', account: '', symbol: '', side: 0 };

    it('takes off the caller’s own orders alone, as many as fit, and nothing the second time', async () => {
      for (const price of ['97.00', '97.01', '97.02']) await place(alice, order('alice', { price }));
      await place(alice, order('alice', { side: SIDE_SELL, price: '101.00' }));
      await place(bob, order('bob', { price: '97.00' }));
      const buys = { ...all, side: SIDE_BUY };
      expect(await alice.trading.call('massCancel', buys)).toEqual({ canceledOrders: 3 });
      expect(await alice.trading.call('massCancel', buys)).toEqual({ canceledOrders: 0 });
      const foreign = alice.trading.call('massCancel', { ...all, account: accountOf('bob') });
      await expect(foreign).rejects.toMatchObject({ reason: 'NOT_YOUR_ACCOUNT' });
      const unnamed = cluster.operator.trading.call('massCancel', all);
      await expect(unnamed).rejects.toMatchObject({ reason: 'FIELD_INVALID' });
      const symbol = { ...all, symbol: 'AMZN' };
      expect(await cluster.operator.trading.call('massCancel', symbol)).toEqual({ canceledOrders: 2 });
    });
  });

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

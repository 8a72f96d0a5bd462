import { clearing, type trading } from '@clearway/contracts';
import { RpcError } from '@clearway/platform-rpc';
import type { Cluster, Peer } from '@clearway/testing';
import { brokenInvariants, whenQuiet } from '@clearway/testing';
import { accountOf, balancesOf, ORD_TYPE_MARKET, order, place, SIDE_SELL, startMarket } from './market';

jest.setTimeout(60_000);

const { TRANSFER_STATUS_COMPLETED } = clearing.TransferStatus;

describe('the same key twice', () => {
  let cluster: Cluster;
  let operator: Peer;
  let alice: Peer;

  beforeAll(async () => {
    cluster = await startMarket({ participants: ['alice', 'bob'] });
    operator = cluster.operator;
    alice = cluster.as('alice');
  });

  afterAll(async () => cluster?.close());

  const send = (request: trading.PlaceOrderRequest): Promise<trading.PlaceOrderResponse> =>
    alice.trading.call('placeOrder', request, { timeoutMs: 15_000 });

  const ordersOf = async (): Promise<number> => {
    const page = { account: accountOf('alice'), openOnly: false, pageSize: 500, pageToken: '' };
    return (await alice.trading.call('listOrders', page)).orders.length;
  };

  const refusal = async (call: Promise<unknown>): Promise<{ status: string; reason: string }> => {
    const error = await call.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof RpcError)) throw new Error(`the call was not refused: ${String(error)}`);
    return { status: error.status, reason: error.reason };
  };

  it('makes one order, gives the same answer, also when both come at once and across a restart', async () => {
    const request = order('alice', { price: '99.00' });
    const answers = await Promise.all([send(request), send(request)]);
    const later = await send(request);
    expect(answers.map(({ duplicate }) => duplicate).sort()).toEqual([false, true]);
    expect(later.duplicate).toBe(true);
    expect(new Set([...answers, later].map((answer) => answer.order?.orderId)).size).toBe(1);
    expect(later.order).toEqual(answers[0].order);
    expect(await ordersOf()).toBe(1);

    await cluster.kill('trading');
    await cluster.start('trading');
    const afterKill = await send(request);
    expect(afterKill).toEqual({ ...later, duplicate: true });
    await cluster.stop('trading');
    await cluster.start('trading');
    expect(await send(request)).toEqual(afterKill);
    expect(await ordersOf()).toBe(1);
  });

  it('repeats a refusal as it was, also across a restart', async () => {
    const request = order('alice', { price: '120.00' });
    const first = await send(request);
    expect(first.order?.reasons.map(({ code }) => code)).toEqual(['PRICE_DEVIATION']);
    await cluster.kill('trading');
    await cluster.start('trading');
    const again = await send(request);
    expect(again).toMatchObject({ duplicate: true, order: { reasons: first.order?.reasons } });
  });

  it('gives the present state of an order that has traded since', async () => {
    const request = order('alice', { price: '99.50' });
    await send(request);
    await place(cluster.as('bob'), order('bob', { side: SIDE_SELL, ordType: ORD_TYPE_MARKET, price: '' }));
    expect(await send(request)).toMatchObject({ duplicate: true, order: { cumQty: '10', leavesQty: '0' } });
  });

  it.each<[string, Partial<trading.PlaceOrderRequest>]>([
    ['another price', { price: '98.99' }],
    ['another quantity', { orderQty: '11' }],
    ['another side', { side: SIDE_SELL }],
    ['another kind', { postOnly: true }],
  ])('refuses %s with CL_ORD_ID_REUSED (ALREADY_EXISTS), also across a restart', async (_, differing) => {
    const request = order('alice', { price: '98.00' });
    await send(request);
    const expected = { status: 'ALREADY_EXISTS', reason: 'CL_ORD_ID_REUSED' };
    expect(await refusal(send({ ...request, ...differing }))).toEqual(expected);
    if ('price' in differing) {
      await cluster.kill('trading');
      await cluster.start('trading');
      expect(await refusal(send({ ...request, ...differing }))).toEqual(expected);
    }
  });

  it('does so on the stream too', async () => {
    const request = order('alice', { price: '97.50' });
    await send(request);
    const stream = alice.trading.duplex('streamOrders', {});
    const acks: trading.OrderEntryAck[] = [];
    const ended = stream.receive(({ acks: more }) => acks.push(...more));
    stream.write({
      cancelOnDisconnect: false,
      acksOnly: true,
      commands: [
        { requestId: 1, command: { $case: 'place', value: request } },
        { requestId: 2, command: { $case: 'place', value: { ...request, price: '97.51' } } },
      ],
    });
    stream.end();
    await ended;
    const byRequest = new Map(acks.map(({ requestId, result }) => [requestId, result]));
    expect(byRequest.get(1)).toMatchObject({ $case: 'placed', value: { duplicate: true } });
    expect(byRequest.get(2)).toMatchObject({
      $case: 'error',
      value: { status: 6, reason: { code: 'CL_ORD_ID_REUSED' } },
    });
  });

  it('deposits once, and refuses another body with REQUEST_ID_REUSED', async () => {
    const before = Number((await balancesOf(operator, 'alice')).USD);
    const request = {
      account: accountOf('alice'),
      requestId: 'gift',
      asset: 'USD',
      amount: '5.00',
      bankReference: 'x',
    };
    const first = await operator.clearing.call('deposit', request);
    expect(first).toMatchObject({ duplicate: false, transfer: { status: TRANSFER_STATUS_COMPLETED } });
    expect(await operator.clearing.call('deposit', request)).toEqual({ ...first, duplicate: true });
    await cluster.kill('clearing');
    await cluster.start('clearing');
    expect(await operator.clearing.call('deposit', request)).toEqual({ ...first, duplicate: true });
    expect(await refusal(operator.clearing.call('deposit', { ...request, amount: '6.00' }))).toEqual({
      status: 'ALREADY_EXISTS',
      reason: 'REQUEST_ID_REUSED',
    });
    expect(Number((await balancesOf(operator, 'alice')).USD)).toBe(before + 5);
  });

  it('leaves every invariant whole', async () => {
    await whenQuiet(operator);
    expect(await brokenInvariants(cluster)).toEqual([]);
  });
});

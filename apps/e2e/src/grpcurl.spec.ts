import { join } from 'node:path';
import type { Cluster } from '@clearway/testing';
import { type Ran, run } from './command-line';
import { CHECKOUT_DIR, loadSettings } from './config';
import { order, startMarket } from './market';

jest.setTimeout(60_000);

const { grpcurl } = loadSettings();
const TRADING = 'clearway.trading.v1.TradingService';
const HEALTH = 'grpc.health.v1.Health/Check';

/** The tool of these tests: a real grpcurl, or buf curl where there is none (`npm test` needs only Node). */
describe(`a person with ${grpcurl === undefined ? 'buf curl, for want of grpcurl' : 'grpcurl'}`, () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startMarket({ participants: ['alice', 'bob'] });
  });

  afterAll(async () => cluster?.close());

  const withGrpcurl = (before: readonly string[], after: readonly string[]): Promise<Ran> => {
    const { ca, cert, key } = cluster.tlsOf({ kind: 'participant', name: 'alice' });
    const tls = ['-cacert', ca, '-cert', cert, '-key', key];
    return run(grpcurl ?? '', [...tls, ...before, cluster.addressOf('trading'), ...after]);
  };

  const call = (method: string, body: unknown): Promise<Ran> => {
    if (grpcurl !== undefined) return withGrpcurl(['-d', JSON.stringify(body)], [method]);
    const { ca, cert, key } = cluster.tlsOf({ kind: 'participant', name: 'alice' });
    const tls = ['--cacert', ca, '--cert', cert, '--key', key];
    const url = `https://${cluster.addressOf('trading')}/${method}`;
    const buf = join(CHECKOUT_DIR, 'node_modules', '.bin', 'buf');
    return run(buf, ['curl', '--protocol', 'grpc', ...tls, '-d', JSON.stringify(body), url]);
  };

  const answer = async (method: string, body: unknown): Promise<Record<string, unknown>> => {
    const { status, stdout, stderr } = await call(method, body);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  const named = {
    account: 'alice.main',
    cl_ord_id: 'by-hand-1',
    symbol: 'AMZN',
    side: 'SIDE_BUY',
    ord_type: 'ORD_TYPE_LIMIT',
    order_qty: '10',
    price: '99.00',
  };

  it('asks for its health', async () => {
    expect(await answer(HEALTH, {})).toEqual({ status: 'SERVING' });
  });

  it('places an order and finds it again', async () => {
    const placed = await answer(`${TRADING}/PlaceOrder`, named);
    expect(placed.order).toMatchObject({
      clOrdId: 'by-hand-1',
      ordStatus: 'ORD_STATUS_NEW',
      leavesQty: '10',
    });
    const { account, cl_ord_id } = named;
    const found = await answer(`${TRADING}/GetOrderStatus`, { account, cl_ord_id });
    expect(found.order).toEqual(placed.order);
  });

  it('is told in words and codes why a call was refused', async () => {
    const foreign = await call(`${TRADING}/PlaceOrder`, { ...named, account: 'bob.main' });
    expect(foreign.status).not.toBe(0);
    expect(foreign.stderr).toMatch(/PermissionDenied|permission_denied/);
    expect(foreign.stderr).toContain('account of another participant');
    // buf shows the details in base64.
    if (grpcurl !== undefined) expect(foreign.stderr).toContain('NOT_YOUR_ACCOUNT');
    const shapeless = await call(`${TRADING}/PlaceOrder`, {
      ...named,
      cl_ord_id: 'by-hand-2',
      order_qty: '1.5',
    });
    expect(shapeless.stderr).toMatch(/InvalidArgument|invalid_argument/);
    expect(shapeless.stderr).toContain('order_qty');
  });

  const onlyGrpcurl = grpcurl === undefined ? it.skip : it;

  onlyGrpcurl('lists the services by reflection', async () => {
    const { stdout } = await withGrpcurl([], ['list']);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        TRADING,
        'clearway.trading.v1.TradingAdminService',
        'clearway.saga.v1.SagaService',
        'grpc.health.v1.Health',
        'grpc.reflection.v1.ServerReflection',
      ]),
    );
  });

  onlyGrpcurl('describes a service and a message by reflection', async () => {
    const service = await withGrpcurl([], ['describe', TRADING]);
    expect(service.stdout).toContain('rpc PlaceOrder ( .clearway.trading.v1.PlaceOrderRequest )');
    const message = await withGrpcurl([], ['describe', 'clearway.trading.v1.PlaceOrderRequest']);
    expect(message.stdout).toContain('string cl_ord_id = 2');
    expect(message.stdout).toContain('.clearway.common.v1.Side side = 4');
  });

  it('sees the same order as a program does', async () => {
    const request = order('alice', { price: '98.50' });
    const { order: placed } = await cluster.as('alice').trading.call('placeOrder', request);
    const found = await answer(`${TRADING}/GetOrderStatus`, { order_id: placed?.orderId });
    expect(found.order).toMatchObject({ clOrdId: request.clOrdId, price: '98.50', account: 'alice.main' });
  });
});

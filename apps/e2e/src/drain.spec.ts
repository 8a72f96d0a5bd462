import type { trading } from '@clearway/contracts';
import { RpcError } from '@clearway/platform-rpc';
import { brokenInvariants, type Cluster, type Peer, SERVICES, until, whenQuiet } from '@clearway/testing';
import { lookUp, order, startMarket } from './market';

jest.setTimeout(60_000);

const COMMANDS = 400;
const CALLS = 200;

describe('a stop by SIGTERM loses no answer', () => {
  let cluster: Cluster;
  let alice: Peer;

  beforeAll(async () => {
    cluster = await startMarket({ participants: ['alice'] });
    alice = cluster.as('alice');
  });

  afterAll(async () => cluster?.close());

  afterEach(async () => {
    if (cluster !== undefined && !cluster.process('trading').isRunning) await cluster.start('trading');
  });

  it('every command that a stream had taken is answered before the stream ends', async () => {
    const requests = Array.from({ length: COMMANDS }, () =>
      order('alice', { price: '96.00', orderQty: '1' }),
    );
    const stream = alice.trading.duplex('streamOrders', {});
    const acks: trading.OrderEntryAck[] = [];
    const ended = stream.receive(({ acks: more }) => acks.push(...more)).catch((error: unknown) => error);
    const commands = requests.map((value, at) => ({
      requestId: at + 1,
      command: { $case: 'place', value } as const,
    }));
    stream.write({ cancelOnDisconnect: false, acksOnly: true, commands });
    await until('the first answer', () => acks.length > 0, { intervalMs: 1 });
    expect(await cluster.stop('trading')).toEqual({ code: 0, signal: null });
    await ended;
    const placed = acks.filter(({ result }) => result?.$case === 'placed');
    expect(placed).toHaveLength(COMMANDS);
    await cluster.start('trading');
    for (const request of requests.slice(-5))
      expect(await lookUp(alice, request)).toMatchObject({ leavesQty: '1' });
  });

  it('every unary call is answered, or was never taken', async () => {
    const requests = Array.from({ length: CALLS }, () => order('alice', { price: '96.50', orderQty: '1' }));
    let answers = 0;
    const calls = requests.map(async (request) => {
      try {
        await alice.trading.call('placeOrder', request, { timeoutMs: 15_000 });
        answers += 1;
        return { request, outcome: 'OK' };
      } catch (error) {
        return { request, outcome: error instanceof RpcError ? error.status : String(error) };
      }
    });
    await until('the first answer', () => answers > 0, { intervalMs: 1 });
    expect(await cluster.stop('trading')).toEqual({ code: 0, signal: null });
    const outcomes = await Promise.all(calls);
    await cluster.start('trading');
    for (const { request, outcome } of outcomes) {
      const found = await lookUp(alice, request).then(
        () => 'OK',
        (error: unknown) => (error instanceof RpcError ? error.reason : String(error)),
      );
      if (outcome === 'OK') expect(found).toBe('OK');
      else expect({ outcome, found }).toEqual({ outcome: 'UNAVAILABLE', found: 'UNKNOWN_ORDER' });
    }
  });

  it.each(SERVICES)('%s ends with status 0', async (service) => {
    expect(await cluster.stop(service)).toEqual({ code: 0, signal: null });
    await cluster.start(service);
  });

  it('leaves every invariant whole', async () => {
    await whenQuiet(cluster.operator);
    expect(await brokenInvariants(cluster)).toEqual([]);
  });
});

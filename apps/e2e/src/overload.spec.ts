import type { trading } from '@clearway/contracts';
import { brokenInvariants, type Cluster, whenQuiet } from '@clearway/testing';
import { accountOf, lookUp, order, SIDE_BUY, SIDE_SELL, startMarket, TIME_IN_FORCE_IOC } from './market';

jest.setTimeout(120_000);

const PARTICIPANTS = ['alice', 'bob'];
const FLOOD_ORDERS = 8_000;
const MESSAGE_ORDERS = 200;
const LOOK_UPS = 200;
/** RESOURCE_EXHAUSTED */
const OVERLOAD_STATUS = 8;
/** The deadline of an order's saga: what is accepted must be answered before it. */
const ANSWER_MS_MAX = 5_000;
const NORMAL_MS_MAX = 2_000;

interface Answered {
  readonly ack: trading.OrderEntryAck;
  readonly tookMs: number;
}

describe('far more orders at once than can be carried', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startMarket({ participants: PARTICIPANTS, logLevel: 'warn' });
  });

  afterAll(async () => cluster?.close());

  it('answers in time what it accepts, refuses the rest with a time to try again, and drops nothing', async () => {
    const floods = await Promise.all(PARTICIPANTS.map((name) => flood(cluster, name)));
    const accepted: trading.PlaceOrderRequest[] = [];
    let refused = 0;
    for (const { requests, answers } of floods) {
      expect(answers.size).toBe(FLOOD_ORDERS);
      for (const [requestId, { ack, tookMs }] of answers) {
        const { result } = ack;
        if (result?.$case === 'placed') {
          accepted.push(requests[requestId - 1] as trading.PlaceOrderRequest);
          expect(tookMs).toBeLessThan(ANSWER_MS_MAX);
        } else {
          expect(result).toMatchObject({ $case: 'error', value: { status: OVERLOAD_STATUS } });
          if (result?.$case === 'error') expect(result.value.retryAfterMs).toBeGreaterThan(0);
          refused += 1;
        }
      }
    }
    expect(refused).toBeGreaterThan(0);
    expect(accepted.length).toBeGreaterThan(0);

    const startedAtMs = performance.now();
    await cluster.as('alice').trading.call('placeOrder', order('alice', { timeInForce: TIME_IN_FORCE_IOC }));
    expect(performance.now() - startedAtMs).toBeLessThan(NORMAL_MS_MAX);

    await whenQuiet(cluster.operator);
    const step = Math.max(1, Math.floor(accepted.length / LOOK_UPS));
    for (const request of accepted.filter((_, index) => index % step === 0))
      expect((await lookUp(cluster.operator, request)).clOrdId).toBe(request.clOrdId);
    expect(await brokenInvariants(cluster)).toEqual([]);
  });
});

/** Sends every order at once, and waits until each has its answer. */
async function flood(cluster: Cluster, participant: string) {
  const stream = cluster.as(participant).trading.duplex('streamOrders');
  const side = participant === 'alice' ? SIDE_BUY : SIDE_SELL;
  const requests = Array.from({ length: FLOOD_ORDERS }, () =>
    order(participant, {
      account: accountOf(participant),
      side,
      orderQty: '1',
      timeInForce: TIME_IN_FORCE_IOC,
    }),
  );
  const answers = new Map<number, Answered>();
  const sentAtMs = performance.now();
  const received = stream.receive(({ acks }) => {
    for (const ack of acks) {
      expect(answers.has(ack.requestId)).toBe(false);
      answers.set(ack.requestId, { ack, tookMs: performance.now() - sentAtMs });
    }
    if (answers.size === FLOOD_ORDERS) stream.end();
  });
  for (let from = 0; from < FLOOD_ORDERS; from += MESSAGE_ORDERS) {
    const commands = requests.slice(from, from + MESSAGE_ORDERS).map((value, index) => ({
      requestId: from + index + 1,
      command: { $case: 'place', value } as const,
    }));
    stream.write({ cancelOnDisconnect: false, acksOnly: true, commands });
  }
  await received;
  return { requests, answers };
}

import { common, trading } from '@clearway/contracts';
import { OrderMessages } from '../entry/order-messages';
import { sampleOf } from '../fixtures/mini-sample';
import { wire } from '../fixtures/wire';
import { dealAccounts } from '../market/replay-accounts';
import { buildPlan } from '../plan/build-plan';
import { ReplayTally } from './replay-tally';

/** Two sells at two prices, and an aggressor that takes 100 of the first and 20 of the second. */
const plan = buildPlan(
  sampleOf(`
    1.0,1,11,100,1000500,-1
    1.1,1,12,100,1000600,-1
    1.2,4,11,100,1000500,-1
    1.2,4,12,20,1000600,-1
    1.3,3,12,80,1000600,-1`),
  8,
);
const market = { symbol: 'AMZN-R1', runId: 'r1', accounts: dealAccounts(plan, 2) };
const messages = new OrderMessages(plan.commands, market);

function report(
  tradeId: string,
  index: number,
  lots: number,
  price: string,
  maker: boolean,
): trading.ExecutionReport {
  return wire(trading.ExecutionReport, {
    execType: trading.ExecType.EXEC_TYPE_TRADE,
    order: wire(trading.Order, { clOrdId: `r1-${index}` }),
    tradeId,
    lastQty: `${lots}`,
    lastPx: price,
    maker,
  });
}

function answer(requestId: number, result: trading.OrderEntryAck['result']): trading.OrderEntryAck {
  return { requestId, result };
}

function placed(
  requestId: number,
  fills: trading.ExecutionReport[],
  order: Partial<trading.Order> = {},
): trading.OrderEntryAck {
  const value = { order: wire(trading.Order, order), fills, duplicate: false };
  return answer(requestId, { $case: 'placed', value });
}

describe('ReplayTally', () => {
  let tally: ReplayTally;
  beforeEach(() => {
    tally = new ReplayTally(plan, messages);
  });

  it('joins both sides of each trade and finds the fills as planned', () => {
    tally.acknowledged(
      placed(2, [report('t1', 2, 100, '100.05', false), report('t2', 2, 20, '100.06', false)]),
    );
    expect(tally.fillsHalfTold).toBe(2);
    tally.reported(report('t1', 0, 100, '100.05', true));
    tally.reported(report('t2', 1, 20, '100.06', true));
    tally.reported(report('t2', 1, 20, '100.06', true));
    expect(tally.fillsHalfTold).toBe(0);
    expect(tally.fills).toBe(2);
    expect(tally.valueMinor).toBe(10_005n * 100n + 10_006n * 20n);
    expect(tally.compare()).toEqual({ asPlanned: 2, missing: 0, elsewhere: 0, halfTold: 0 });
  });

  it('tells fills of another maker from those that are missing', () => {
    tally.acknowledged(placed(2, [report('t1', 2, 100, '100.06', false)]));
    tally.reported(report('t1', 1, 100, '100.06', true));
    expect(tally.compare()).toEqual({ asPlanned: 0, missing: 2, elsewhere: 1, halfTold: 0 });
  });

  it('does not compare a fill of which one side was not told', () => {
    tally.acknowledged(placed(2, [report('t1', 2, 100, '100.05', false)]));
    expect(tally.compare()).toEqual({ asPlanned: 0, missing: 2, elsewhere: 0, halfTold: 1 });
  });

  it('counts rejects by their first reason, and refusals of commands', () => {
    const order = {
      ordStatus: trading.OrdStatus.ORD_STATUS_REJECTED,
      reasons: ['INSUFFICIENT_FUNDS', 'ORDER_SIZE'].map((code) => wire(common.Reason, { code })),
    };
    tally.acknowledged(placed(0, [], order));
    const refusal = { status: 5, reason: wire(common.Reason, { code: 'UNKNOWN_ORDER' }), retryAfterMs: 0 };
    tally.acknowledged(answer(3, { $case: 'error', value: refusal }));
    expect(Object.fromEntries(tally.rejects)).toEqual({ INSUFFICIENT_FUNDS: 1, UNKNOWN_ORDER: 1 });
    expect([tally.ordersAnswered, tally.cancelsAnswered]).toEqual([1, 1]);
  });

  it('counts cancels that came too late', () => {
    const { CANCEL_OUTCOME_TOO_LATE } = trading.CancelOutcome;
    const value = { outcome: CANCEL_OUTCOME_TOO_LATE, order: undefined };
    tally.acknowledged(answer(3, { $case: 'canceled', value }));
    expect(tally.cancelsTooLate).toBe(1);
  });
});

describe('OrderMessages', () => {
  it('writes decimals, the aggressor immediate, and cancels by the key of their order', () => {
    expect(messages.of(2).command?.value).toMatchObject({
      account: 'replay-07.main',
      clOrdId: 'r1-2',
      symbol: 'AMZN-R1',
      orderQty: '120',
      price: '100.06',
      timeInForce: trading.TimeInForce.TIME_IN_FORCE_IOC,
    });
    expect(messages.of(3)).toMatchObject({
      requestId: 3,
      command: { $case: 'cancel', value: { orderId: '', clOrdId: 'r1-1' } },
    });
    expect(messages.indexOf('r1-17')).toBe(17);
    expect(messages.indexOf('other-17')).toBeUndefined();
  });
});

import fc from 'fast-check';
import { tradingInvariants } from './invariants';
import type { KillScope } from './kill-scope';
import { orderNeeds } from './needs';
import { PLACE_ORDER_DEADLINE_MS } from './sagas';
import { SWEPT_A_TURN_MAX } from './sweep-orders';
import { expectSound } from './testing/expect-sound';
import { refused, TradingDesk } from './testing/trading-desk';

/** A sell of 10 at 100.00 rests; then the order of the row comes in. */
const ENTRY: [name: string, order: object, taker: string, maker: string][] = [
  ['limit that crosses whole', { quantity: '10' }, 'FILLED 0/10/0/0', 'FILLED 0/10/0/0'],
  [
    'limit that crosses in part rests with the rest',
    { quantity: '15' },
    'PARTIALLY_FILLED 5/10/0/0',
    'FILLED 0/10/0/0',
  ],
  ['limit below rests whole', { price: '99.99' }, 'NEW 10/0/0/0', 'NEW 10/0/0/0'],
  ['IOC never rests', { quantity: '15', timeInForce: 'IOC' }, 'CANCELED 0/10/5/0', 'FILLED 0/10/0/0'],
  [
    'IOC below the market is canceled whole',
    { price: '99.99', timeInForce: 'IOC' },
    'CANCELED 0/0/10/0',
    'NEW 10/0/0/0',
  ],
  [
    'FOK that can not be filled trades nothing',
    { quantity: '11', timeInForce: 'FOK' },
    'REJECTED 0/0/11/0',
    'NEW 10/0/0/0',
  ],
  ['FOK that can be filled is', { quantity: '10', timeInForce: 'FOK' }, 'FILLED 0/10/0/0', 'FILLED 0/10/0/0'],
  ['post-only that would trade is rejected', { postOnly: true }, 'REJECTED 0/0/10/0', 'NEW 10/0/0/0'],
  ['post-only that would not rests', { postOnly: true, price: '99.00' }, 'NEW 10/0/0/0', 'NEW 10/0/0/0'],
  [
    'market trades within its collar',
    { ordType: 'MARKET', quantity: '4' },
    'FILLED 0/4/0/0',
    'PARTIALLY_FILLED 6/4/0/0',
  ],
  [
    'market that finds too little is canceled for the rest',
    { ordType: 'MARKET', quantity: '14' },
    'CANCELED 0/10/4/0',
    'FILLED 0/10/0/0',
  ],
  [
    'market sell that finds nobody is rejected',
    { ordType: 'MARKET', side: 'SELL' },
    'REJECTED 0/0/10/0',
    'NEW 10/0/0/0',
  ],
];

describe('order entry', () => {
  it.each(ENTRY)('%s', (_name, order, taker, maker) => {
    const desk = new TradingDesk();
    desk.place({ account: 'bob.main', clOrdId: 'm', side: 'SELL' });
    desk.place({ clOrdId: 't', ...order });
    expect(desk.shows('t')).toBe(taker);
    expect(desk.shows('m', 'bob.main')).toBe(maker);
    expect(desk.state.sagas.liveCount).toBe(0);
    expectSound(desk);
  });

  it('reports NEW, then each trade to both sides, and answers with the fills', () => {
    const desk = new TradingDesk();
    desk.place({ account: 'bob.main', clOrdId: 'm1', side: 'SELL', quantity: '4', price: '99.00' });
    desk.place({ account: 'bob.main', clOrdId: 'm2', side: 'SELL', quantity: '4', price: '99.50' });
    desk.reports.length = 0;
    desk.place({ clOrdId: 't', quantity: '6' });
    const told = desk.reports.map(
      ({ execType, order, trade }) =>
        `${execType} ${order.terms.clOrdId} ${trade?.quantityLots ?? ''}@${trade?.priceTicks ?? ''}`,
    );
    expect(told).toEqual([
      'PENDING_NEW t @',
      'NEW t @',
      'TRADE m1 4@9900',
      'TRADE t 4@9900',
      'TRADE m2 2@9950',
      'TRADE t 2@9950',
    ]);
    expect(desk.placed.at(-1)?.fills.map((fill) => fill.trade?.feeMinor)).toEqual([7n, 3n]);
  });

  const BAD: [field: string, order: object][] = [
    ['order_qty', { quantity: '0' }],
    ['order_qty', { quantity: '-1' }],
    ['order_qty', { quantity: '1.5' }],
    ['order_qty', { quantity: '1e3' }],
    ['order_qty', { quantity: '99999999999999' }],
    ['price', { price: '100.001' }],
    ['price', { price: 'NaN' }],
    ['price', { price: '' }],
    ['price', { ordType: 'MARKET', price: '100.00' }],
    ['time_in_force', { ordType: 'MARKET', timeInForce: 'GTC' }],
    ['post_only', { postOnly: true, timeInForce: 'IOC' }],
    ['cl_ord_id', { clOrdId: 'a b' }],
    ['account', { account: 'alice' }],
  ];
  it.each(BAD)('names the field %s in %j and journals nothing', (field, order) => {
    const desk = new TradingDesk();
    const before = desk.events.length;
    const outcome = desk.place({ clOrdId: 'x', ...order });
    expect(outcome).toMatchObject({ kind: 'fields-invalid', problems: [{ field }] });
    expect(desk.events).toHaveLength(before);
  });
});

describe('idempotency', () => {
  it('gives the first order again for the same key and body, in whatever notation', () => {
    const desk = new TradingDesk();
    expect(desk.place({ clOrdId: 'k' })).toEqual({ kind: 'accepted', orderNumber: 1 });
    expect(desk.place({ clOrdId: 'k', price: '100.0' })).toMatchObject({
      kind: 'duplicate',
      orderNumber: 1,
      answered: true,
    });
    expect(desk.place({ clOrdId: 'k', quantity: '11' })).toMatchObject({
      kind: 'refused',
      reason: { code: 'CL_ORD_ID_REUSED' },
    });
    expect(desk.place({ clOrdId: 'k', account: 'bob.main' })).toMatchObject({ kind: 'accepted' });
  });

  it('says that the first answer is still to come while risk is silent', () => {
    const desk = new TradingDesk();
    desk.participant = () => undefined;
    desk.place({ clOrdId: 'k' });
    expect(desk.place({ clOrdId: 'k' })).toMatchObject({ kind: 'duplicate', answered: false });
  });
});

describe('compensation', () => {
  it('rejects with all of risk’s reasons and releases nothing', () => {
    const desk = new TradingDesk();
    desk.participant = () => [...refused('ORDER_RATE'), ...refused('INSUFFICIENT_FUNDS')];
    desk.place({ clOrdId: 'k' });
    expect(desk.shows('k')).toBe('REJECTED 0/0/10/0');
    expect(desk.placed.at(-1)?.order.reasons.map((each) => each.code)).toEqual([
      'INSUFFICIENT_FUNDS',
      'ORDER_RATE',
    ]);
    expect(desk.asked).toEqual(['Reserve']);
    expectSound(desk);
  });

  it('rejects at the deadline when risk is silent, and releases the hold that may come late', () => {
    const desk = new TradingDesk();
    desk.participant = () => undefined;
    desk.place({ clOrdId: 'k' });
    desk.nowMicros += PLACE_ORDER_DEADLINE_MS * 1_000;
    desk.do({ kind: 'SagaTick' });
    expect(desk.shows('k')).toBe('REJECTED 0/0/10/0');
    expect(desk.placed.at(-1)?.order.reasons[0]?.code).toBe('STEP_DEADLINE');
    desk.participant = () => 'ok';
    desk.answerPending();
    expect(desk.asked).toEqual(['Reserve', 'ReleaseHold', 'Reserve', 'ReleaseHold']);
    expect(desk.shows('k')).toBe('REJECTED 0/0/10/0');
    expect(desk.state.sagas.liveCount).toBe(0);
    expectSound(desk);
  });

  it('releases the hold when the book refuses what was reserved before the halt', () => {
    const desk = new TradingDesk();
    desk.participant = () => undefined;
    desk.place({ clOrdId: 'k' });
    desk.do({ kind: 'SetTradingStatus', symbol: 'AMZN', status: 'HALTED' });
    desk.participant = () => 'ok';
    desk.answerPending();
    expect(desk.shows('k')).toBe('REJECTED 0/0/10/0');
    expect(desk.asked).toEqual(['Reserve', 'Reserve', 'ReleaseHold']);
    expectSound(desk);
  });

  it('rejects at once, and asks nobody, while the instrument is halted', () => {
    const desk = new TradingDesk();
    desk.do({ kind: 'SetTradingStatus', symbol: 'AMZN', status: 'HALTED' });
    expect(desk.place({ clOrdId: 'k' })).toMatchObject({ kind: 'answered', order: { status: 'REJECTED' } });
    expect(desk.place({ clOrdId: 'k' })).toMatchObject({ kind: 'duplicate', answered: true });
    expect(desk.asked).toEqual([]);
    expectSound(desk);
  });

  it('busts a trade that clearing refuses: legs reversed, holds given back, both told', () => {
    const desk = new TradingDesk();
    desk.place({ account: 'bob.main', clOrdId: 'm', side: 'SELL', quantity: '15' });
    desk.participant = (request) =>
      request.kind === 'SettleLeg' && request.side === 'SELL' ? refused('ACCOUNT_FROZEN') : 'ok';
    desk.asked.length = 0;
    desk.place({ clOrdId: 't' });
    expect(desk.asked).toEqual([
      'Reserve',
      'SettleLeg',
      'SettleLeg',
      'ReverseLeg',
      'ReleaseLots',
      'ReleaseLots',
    ]);
    expect(desk.shows('t')).toBe('CANCELED 0/0/0/10');
    expect(desk.shows('m', 'bob.main')).toBe('NEW 5/0/0/10');
    const told = desk.reports.filter((report) => report.execType === 'TRADE_CANCEL');
    expect(told.map((report) => report.order.terms.clOrdId)).toEqual(['m', 't']);
    expect(told[0]?.order.reasons.map((each) => each.code)).toEqual(['TRADE_BUSTED', 'ACCOUNT_FROZEN']);
    expect(desk.state.tradesBusted).toBe(1);
    expectSound(desk);
  });

  it('keeps a trade while clearing is silent, however long', () => {
    const desk = new TradingDesk();
    desk.place({ account: 'bob.main', clOrdId: 'm', side: 'SELL' });
    desk.participant = (request) => (request.kind === 'SettleLeg' ? undefined : 'ok');
    desk.place({ clOrdId: 't' });
    desk.nowMicros += 86_400_000_000;
    desk.do({ kind: 'SagaTick' });
    expect(desk.shows('t')).toBe('FILLED 0/10/0/0');
    desk.participant = () => 'ok';
    desk.answerPending();
    expect(desk.state.tradesSettled).toBe(1);
    expectSound(desk);
  });
});

describe('cancel', () => {
  it('takes the remainder off, releases its hold, and is too late the second time', () => {
    const desk = new TradingDesk();
    desk.place({ clOrdId: 'k' });
    expect(desk.cancel('alice.main', 'k')).toMatchObject({ kind: 'canceled', order: { status: 'CANCELED' } });
    expect(desk.asked).toEqual(['Reserve', 'ReleaseLots']);
    expect(desk.cancel('alice.main', 'k')).toMatchObject({ kind: 'too-late' });
    expectSound(desk);
  });

  it('keeps an order from the book whose hold is still under way', () => {
    const desk = new TradingDesk();
    desk.participant = (request) => (request.kind === 'Reserve' ? undefined : 'ok');
    desk.place({ clOrdId: 'k' });
    expect(desk.cancel('alice.main', 'k')).toMatchObject({ kind: 'cancel-pending' });
    expect(desk.shows('k')).toBe('PENDING_CANCEL 10/0/0/0');
    desk.participant = () => 'ok';
    desk.answerPending();
    expect(desk.shows('k')).toBe('CANCELED 0/0/10/0');
    expect(desk.asked).toEqual(['Reserve', 'Reserve', 'ReleaseHold']);
    expectSound(desk);
  });

  it('does not show one participant the orders of another', () => {
    const desk = new TradingDesk();
    desk.place({ clOrdId: 'k' });
    const outcome = desk.do({
      kind: 'CancelOrder',
      reference: { orderNumber: 1 },
      participant: 'bob',
      cause: 'CANCELED_BY_OWNER',
    });
    expect(outcome).toMatchObject({ kind: 'refused', reason: { code: 'UNKNOWN_ORDER' } });
  });

  it('expires DAY orders when their day is over, and only those', () => {
    const desk = new TradingDesk();
    desk.place({ clOrdId: 'day' });
    desk.place({ clOrdId: 'gtc', timeInForce: 'GTC' });
    expect(desk.do({ kind: 'ExpireOrders' })).toEqual({ kind: 'expired', orders: 0 });
    desk.nowMicros += 86_400_000_000;
    expect(desk.do({ kind: 'ExpireOrders' })).toEqual({ kind: 'expired', orders: 1 });
    expect(desk.shows('day')).toBe('EXPIRED 0/0/10/0');
    expect(desk.shows('gtc')).toBe('NEW 10/0/0/0');
    expectSound(desk);
  });
});

describe('kill switch', () => {
  const engage = (desk: TradingDesk, scope: KillScope) =>
    desk.do({ kind: 'EngageKillSwitch', scope, operator: 'op/a', note: 'test' });

  const SCOPES: [scope: KillScope, alice: string, bob: string][] = [
    ['all', 'CANCELED 0/0/10/0', 'CANCELED 0/0/10/0'],
    ['instrument/AMZN', 'CANCELED 0/0/10/0', 'CANCELED 0/0/10/0'],
    ['account/alice.main', 'CANCELED 0/0/10/0', 'NEW 10/0/0/0'],
  ];
  it.each(SCOPES)(
    '%s cancels what it covers, refuses new orders of it, and says when none is left',
    (scope, alice, bob) => {
      const desk = new TradingDesk();
      desk.place({ clOrdId: 'a' });
      desk.place({ account: 'bob.main', clOrdId: 'b' });
      expect(engage(desk, scope)).toMatchObject({ kind: 'swept', openOrders: 0 });
      expect([desk.shows('a'), desk.shows('b', 'bob.main')]).toEqual([alice, bob]);
      expect(desk.place({ clOrdId: 'n' })).toMatchObject({
        kind: 'answered',
        order: { reasons: [{ code: 'KILL_SWITCH' }] },
      });
      expect(desk.state.killSwitches.get(scope)).toMatchObject({
        provenAtMicros: desk.nowMicros,
        canceledOrders: bob.startsWith('C') ? 2 : 1,
      });
      expect(desk.cancel('bob.main', 'b').kind).toBe(bob.startsWith('C') ? 'too-late' : 'canceled');
      expectSound(desk);
    },
  );

  it('proves nothing while an order waits for risk, and keeps it from the book when the answer comes', () => {
    const desk = new TradingDesk();
    desk.participant = () => undefined;
    desk.place({ clOrdId: 'a' });
    expect(engage(desk, 'all')).toMatchObject({ openOrders: 1, killSwitch: { provenAtMicros: 0 } });
    desk.participant = () => 'ok';
    desk.answerPending();
    expect(desk.shows('a')).toBe('REJECTED 0/0/10/0');
    expect(desk.do({ kind: 'SweepKillSwitch', scope: 'all' })).toMatchObject({ openOrders: 0 });
    expectSound(desk);
  });

  it('needs two persons to release', () => {
    const desk = new TradingDesk();
    const request = (operator: string) =>
      desk.do({ kind: 'RequestKillSwitchRelease', scope: 'all', operator });
    const confirm = (operator: string) =>
      desk.do({ kind: 'ConfirmKillSwitchRelease', scope: 'all', operator });
    expect(request('op/a')).toMatchObject({ reason: { code: 'UNKNOWN_KILL_SWITCH' } });
    engage(desk, 'all');
    expect(confirm('op/b')).toMatchObject({ reason: { code: 'SECOND_PERSON_NEEDED' } });
    request('op/a');
    expect(confirm('op/a')).toMatchObject({ reason: { code: 'SECOND_PERSON_NEEDED' } });
    expect(confirm('op/b')).toEqual({ kind: 'done' });
    expect(desk.place({ clOrdId: 'n' })).toMatchObject({ kind: 'accepted' });
    expectSound(desk);
  });

  it('is cancelled in bounded turns', () => {
    const desk = new TradingDesk();
    for (let n = 0; n < SWEPT_A_TURN_MAX + 10; n += 1) desk.place({ clOrdId: `k${n}`, quantity: '1' });
    expect(engage(desk, 'all')).toMatchObject({ openOrders: 10 });
    expect(desk.do({ kind: 'SweepKillSwitch', scope: 'all' })).toMatchObject({ openOrders: 0 });
    expect(desk.state.killSwitches.get('all')?.canceledOrders).toBe(SWEPT_A_TURN_MAX + 10);
    expectSound(desk);
  });
});

describe('any sequence', () => {
  const accounts = ['alice.main', 'bob.main', 'carol.main'] as const;
  const order = fc.record({
    account: fc.constantFrom(...accounts),
    clOrdId: fc.integer({ min: 1, max: 40 }).map((n) => `k${n}`),
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    quantity: fc.integer({ min: 1, max: 20 }).map(String),
    price: fc.integer({ min: 9_990, max: 10_010 }).map((ticks) => `${(ticks / 100).toFixed(2)}`),
    timeInForce: fc.constantFrom('DAY' as const, 'GTC' as const, 'IOC' as const, 'FOK' as const),
  });
  const act = fc.oneof(
    { weight: 6, arbitrary: order.map((each) => ({ act: 'place' as const, order: each })) },
    {
      weight: 3,
      arbitrary: fc.record({
        act: fc.constant('cancel' as const),
        account: fc.constantFrom(...accounts),
        n: fc.integer({ min: 1, max: 40 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        act: fc.constant('mood' as const),
        mood: fc.constantFrom('ok', 'silent', 'frozen', 'refusing'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        act: fc.constant('wait' as const),
        seconds: fc.integer({ min: 1, max: 40_000 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ act: 'answer' as const }) },
  );

  it('keeps every invariant, replays to the same bytes, and ends every saga once participants answer', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const desk = new TradingDesk();
        let mood = 'ok';
        desk.participant = (request) => {
          if (mood === 'silent') return undefined;
          if (mood === 'frozen' && request.kind === 'SettleLeg' && request.side === 'BUY')
            return refused('ACCOUNT_FROZEN');
          if (mood === 'refusing' && request.kind === 'Reserve') return refused('ORDER_RATE');
          return 'ok';
        };
        for (const each of acts) {
          if (each.act === 'place') desk.place(each.order);
          else if (each.act === 'cancel') desk.cancel(each.account, `k${each.n}`);
          else if (each.act === 'mood') mood = each.mood;
          else if (each.act === 'answer') desk.answerPending();
          else desk.nowMicros += each.seconds * 1_000_000;
          desk.do({ kind: 'SagaTick' });
          desk.do({ kind: 'ExpireOrders' });
          expect(tradingInvariants(desk.state).filter((result) => !result.holds)).toEqual([]);
        }
        mood = 'ok';
        desk.answerPending();
        desk.answerPending();
        expect(desk.state.sagas.liveCount).toBe(0);
        expect(desk.state.trades.size).toBe(0);
        expectSound(desk);
      }),
      { numRuns: 300 },
    );
  });

  it('needs for its open orders what risk holds: price × quantity with the higher fee, or the quantity', () => {
    const desk = new TradingDesk();
    desk.place({ clOrdId: 'b', quantity: '3', price: '10.00' });
    desk.place({ account: 'bob.main', clOrdId: 's', side: 'SELL', quantity: '4', price: '110.00' });
    expect(orderNeeds(desk.state)).toEqual([
      { account: 'alice.main', asset: 'USD', amountMinor: 3_000n, openOrders: 1 },
      { account: 'bob.main', asset: 'AMZN', amountMinor: 4n, openOrders: 1 },
    ]);
  });
});

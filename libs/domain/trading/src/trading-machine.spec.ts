import fc from 'fast-check';
import { tradingInvariants } from './invariants';
import { orderNeeds } from './needs';
import { expectSound } from './testing/expect-sound';
import { refused, TradingDesk } from './testing/trading-desk';

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

import type { SelfTradeAction } from '@clearway/domain-matching';
import { orderNeeds } from './needs';
import { snapshot } from './snapshot';
import { expectSound } from './testing/expect-sound';
import { TradingDesk } from './testing/trading-desk';
import { tradingMachine } from './trading-machine';

/** Lots that risk still holds of each order, from what it was asked. */
function heldLots(desk: TradingDesk): Map<number, number> {
  const held = new Map<number, number>();
  const add = (order: number, lots: number) => held.set(order, (held.get(order) ?? 0) + lots);
  desk.participant = (request) => {
    if (request.kind === 'Reserve') add(request.orderNumber, request.quantityLots);
    if (request.kind === 'ReleaseLots' || request.kind === 'ApplyFill')
      add(request.orderNumber, -request.quantityLots);
    return 'ok';
  };
  return held;
}

/** alice's other account sells 6 at 100.00, bob 4 at 100.00 behind it; alice buys as the row says. */
const MODES: [
  mode: SelfTradeAction | undefined,
  quantity: string,
  own: string,
  bob: string,
  taker: string,
][] = [
  [undefined, '8', 'NEW 6/0/0/0', 'NEW 4/0/0/0', 'CANCELED 0/0/8/0'],
  ['CANCEL_NEWEST', '8', 'NEW 6/0/0/0', 'NEW 4/0/0/0', 'CANCELED 0/0/8/0'],
  ['CANCEL_OLDEST', '8', 'CANCELED 0/0/6/0', 'FILLED 0/4/0/0', 'PARTIALLY_FILLED 4/4/0/0'],
  ['CANCEL_BOTH', '8', 'CANCELED 0/0/6/0', 'NEW 4/0/0/0', 'CANCELED 0/0/8/0'],
  ['DECREMENT', '8', 'CANCELED 0/0/6/0', 'PARTIALLY_FILLED 2/2/0/0', 'CANCELED 0/2/6/0'],
  ['DECREMENT', '5', 'NEW 1/0/5/0', 'NEW 4/0/0/0', 'CANCELED 0/0/5/0'],
  ['ALLOW', '8', 'FILLED 0/6/0/0', 'PARTIALLY_FILLED 2/2/0/0', 'FILLED 0/8/0/0'],
];

describe('self-trade prevention between the accounts of one participant', () => {
  it.each(MODES)('%s of %s', (selfTrade, quantity, own, bob, taker) => {
    const desk = new TradingDesk();
    const held = heldLots(desk);
    desk.place({ account: 'alice.alt', clOrdId: 'own', side: 'SELL', quantity: '6' });
    desk.place({ account: 'bob.main', clOrdId: 'bob', side: 'SELL', quantity: '4' });
    desk.place({ clOrdId: 't', quantity, selfTrade });
    expect(desk.shows('own', 'alice.alt')).toBe(own);
    expect(desk.shows('bob', 'bob.main')).toBe(bob);
    expect(desk.shows('t')).toBe(taker);
    for (const order of desk.state.orders.values()) expect(held.get(order.number)).toBe(order.leavesLots);
    expect(desk.state.sagas.liveCount).toBe(0);
    expectSound(desk);
  });

  it('gives the reason to the order that pays for it, and tells of a smaller resting order as RESTATED', () => {
    const desk = new TradingDesk();
    desk.place({ account: 'alice.alt', clOrdId: 'own', side: 'SELL', quantity: '6' });
    desk.reports.length = 0;
    desk.place({ clOrdId: 't', quantity: '2', selfTrade: 'DECREMENT' });
    const told = desk.reports.map(
      ({ execType, order }) =>
        `${execType} ${order.terms.clOrdId} ${order.leavesLots} ${order.reasons.map(({ code }) => code)}`,
    );
    expect(told).toEqual([
      'PENDING_NEW t 2 ',
      'NEW t 2 ',
      'RESTATED own 4 SELF_TRADE_PREVENTED',
      'CANCELED t 0 SELF_TRADE_PREVENTED',
    ]);
    expect(desk.placed.at(-1)?.order.status).toBe('CANCELED');
  });

  it('kills a FOK order that prevention would leave short, and no resting order suffers', () => {
    const desk = new TradingDesk();
    desk.place({ account: 'alice.alt', clOrdId: 'own', side: 'SELL', quantity: '6' });
    desk.place({ account: 'bob.main', clOrdId: 'bob', side: 'SELL', quantity: '4' });
    desk.place({ clOrdId: 't', quantity: '8', timeInForce: 'FOK', selfTrade: 'CANCEL_OLDEST' });
    expect(desk.shows('t')).toBe('REJECTED 0/0/8/0');
    expect(desk.shows('own', 'alice.alt')).toBe('NEW 6/0/0/0');
    expectSound(desk);
  });

  it('releases a reduced order that is canceled later exactly once, and needs what is left', () => {
    const desk = new TradingDesk();
    const held = heldLots(desk);
    desk.place({ account: 'alice.alt', clOrdId: 'own', side: 'SELL', quantity: '6' });
    for (const clOrdId of ['a', 'b']) desk.place({ clOrdId, quantity: '2', selfTrade: 'DECREMENT' });
    expect(orderNeeds(desk.state)).toMatchObject([{ account: 'alice.alt', asset: 'AMZN', amountMinor: 2n }]);
    desk.cancel('alice.alt', 'own');
    expect(desk.shows('own', 'alice.alt')).toBe('CANCELED 0/0/6/0');
    expect([...held.values()]).toEqual([0, 0, 0]);
    expectSound(desk);
  });

  it('asks again for a release that a restart lost', () => {
    const desk = new TradingDesk();
    const held = heldLots(desk);
    desk.place({ account: 'alice.alt', clOrdId: 'own', side: 'SELL', quantity: '6' });
    const { participant } = desk;
    desk.participant = (request, call) =>
      call.sagaKind === 'AdjustHold' ? undefined : participant(request, call);
    desk.place({ clOrdId: 't', quantity: '2', selfTrade: 'DECREMENT' });
    desk.state = tradingMachine.restore(tradingMachine.snapshot(desk.state));
    desk.pending = [];
    desk.participant = participant;
    desk.do({ kind: 'SagaRecover' });
    expect(held.get(1)).toBe(4);
    expect(desk.state.sagas.liveCount).toBe(0);
    expectSound(desk);
  });
});

describe('a snapshot of version 1', () => {
  it('numbers owners by account; they are renumbered by participant as a replay would number them', () => {
    const desk = new TradingDesk();
    for (const account of ['alice.main', 'alice.alt', 'bob.main'])
      desk.place({ account, clOrdId: 'k', side: 'SELL' });
    const now = snapshot(desk.state) as Record<string, unknown>;
    const [market] = now.markets as [{ book: { asks: { owners: number[] } } }];
    const old = {
      ...now,
      version: 1,
      owners: [
        ['alice.alt', 2],
        ['alice.main', 1],
        ['bob.main', 3],
      ],
      markets: [{ ...market, book: { ...market.book, asks: { ...market.book.asks, owners: [1, 2, 3] } } }],
    };
    expect(tradingMachine.snapshot(tradingMachine.restore(old as never))).toEqual(now);
  });
});

import fc from 'fast-check';
import { needPriceTicks } from './order';
import { orderOf } from './state';
import { expectSound } from './testing/expect-sound';
import { HoldModel } from './testing/hold-model';
import { EXCH, SessionDesk } from './testing/session-desk';

const OWNERS = ['ann.one', 'ann.two', 'bob.main', 'cas.main'];
const TIMES_IN_FORCE = ['DAY', 'GTC', 'IOC', 'FOK', 'AT_AUCTION'] as const;

const order = fc.record({
  what: fc.constant('order' as const),
  account: fc.constantFrom(...OWNERS),
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
  quantity: fc.integer({ min: 1, max: 30 }),
  ticks: fc.integer({ min: 9_000, max: 11_000 }),
  isAtMarket: fc.boolean(),
  timeInForce: fc.constantFrom(...TIMES_IN_FORCE),
  selfTrade: fc.constantFrom('CANCEL_NEWEST' as const, 'CANCEL_OLDEST' as const, 'DECREMENT' as const),
});
const step = fc.oneof(
  { weight: 12, arbitrary: order },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('cancel' as const), at: fc.nat(30) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('replace' as const),
      at: fc.nat(30),
      ticks: fc.integer({ min: 9_000, max: 11_000 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 240 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('halt' as const), auctionMs: fc.constantFrom(0, 60_000) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Trades and changes of phases that a run has seen, so that a run in which nothing happens is noticed. */
const seen = new Map<string, number>();

function perform(desk: SessionDesk, number: number, each: Step): void {
  if (each.what === 'order') {
    const { account, side, quantity, ticks, isAtMarket, timeInForce, selfTrade } = each;
    const price = isAtMarket ? '' : (ticks / 100).toFixed(2);
    const terms = { symbol: EXCH, side, price, timeInForce, selfTrade } as const;
    desk.place({
      account,
      clOrdId: `o${number}`,
      ...terms,
      ordType: isAtMarket ? 'MARKET' : 'LIMIT',
      quantity: String(quantity),
    });
  } else if (each.what === 'wait') {
    desk.nowMicros += each.minutes * 60_000_000;
    desk.do({ kind: 'AdvanceClock' });
    desk.do({ kind: 'ExpireOrders' });
  } else if (each.what === 'halt') {
    for (const status of ['HALTED', 'OPEN'] as const)
      desk.do({ kind: 'SetTradingStatus', symbol: EXCH, status, reopeningAuctionMs: each.auctionMs });
  } else {
    const reference = { orderNumber: each.at + 1 };
    const participant = undefined;
    if (each.what === 'cancel')
      desk.do({ kind: 'CancelOrder', reference, participant, cause: 'CANCELED_BY_OWNER' });
    else
      desk.do({
        kind: 'ReplaceOrder',
        reference,
        participant,
        clOrdId: `r${number}`,
        quantity: '',
        price: (each.ticks / 100).toFixed(2),
      });
  }
}

function note({ story, events }: SessionDesk): void {
  for (const line of [
    ...story.map((each) => each.replace(/\d.*/, 'trade')),
    ...events.map(({ event }) => event.kind),
  ])
    seen.set(line, (seen.get(line) ?? 0) + 1);
}

describe('random orders through the phases of some days', () => {
  it('keep every invariant, hold what they need, and replay alike', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), fc.boolean(), (steps, isInterrupted) => {
        const bands = { staticBps: 800, dynamicBps: 150 };
        const desk = new SessionDesk({ bands, volatilityAuctionMs: isInterrupted ? 600_000 : 0 }, '06:50');
        const model = new HoldModel();
        desk.participant = model.participant;
        desk.goTo('07:00');
        for (const [number, each] of steps.entries()) {
          perform(desk, number, each);
          expect(desk.state.sagas.liveCount).toBe(0);
          expect(
            model.differences(desk.state, (number) => needPriceTicks(orderOf(desk.state, number))),
          ).toEqual([]);
        }
        expectSound(desk);
        note(desk);
      }),
      { numRuns: 150, seed: 20_261_122 },
    );
    const rare = [
      'trade',
      'OPENING_AUCTION CALENDAR',
      'CONTINUOUS AUCTION_ENDED',
      'CLOSED CALENDAR',
      'HALTED OPERATOR',
    ];
    for (const line of [
      ...rare,
      'REOPENING_AUCTION VOLATILITY',
      'OrderExpired',
      'OrderOpenedAtMarket',
      'OrderReduced',
    ])
      expect([line, (seen.get(line) ?? 0) > 2]).toEqual([line, true]);
  });
});

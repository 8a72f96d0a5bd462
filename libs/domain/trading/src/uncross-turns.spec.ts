import type { SessionCalendar } from '@clearway/domain-matching';
import type { Plain } from '@clearway/kernel';
import fc from 'fast-check';
import { expectSound } from './testing/expect-sound';
import { EXCHANGE_RULES, SessionDesk } from './testing/session-desk';
import { type AuctionOrder, collected, withLimits } from './testing/slow-auction';
import { tradingMachine } from './trading-machine';

const order: fc.Arbitrary<AuctionOrder> = fc.record({
  owner: fc.constantFrom('a', 'b', 'c', 'd'),
  side: fc.constantFrom('B', 'S'),
  lots: fc.integer({ min: 1, max: 12 }),
  cents: fc.integer({ min: 9_996, max: 10_004 }),
  kind: fc.constantFrom('limit', 'limit', 'limit', 'iceberg', 'market', 'auction', 'stop'),
  selfTrade: fc.constantFrom('CANCEL_NEWEST', 'CANCEL_OLDEST', 'CANCEL_BOTH', 'DECREMENT', 'ALLOW'),
});

const auction = fc.record({
  orders: fc.array(order, { minLength: 2, maxLength: 30 }),
  isKilled: fc.boolean(),
});

/** In one turn, whatever the rule of prices. */
const ONE_TURN = { changesATurnMax: 1_000_000, roundsATurnMax: 1_000_000 };

/** The auction's end in as many turns as it takes; `between` is done after each but the last. Answers how many that were. */
function carryOut(desk: SessionDesk, between: () => void): number {
  desk.setTime('08:00');
  for (let turns = 1; turns < 10_000; turns += 1) {
    desk.do({ kind: 'AdvanceClock' });
    if (desk.phase === 'CONTINUOUS') return turns;
    between();
  }
  throw new Error('the auction does not end');
}

/** The process ends, and another goes on from the snapshot. */
function crash(desk: SessionDesk): void {
  expectSound(desk);
  desk.state = tradingMachine.restore(tradingMachine.snapshot(desk.state));
}

/** Six buyers and six sellers of one lot at one price. */
function crowd(): SessionDesk {
  const desk = new SessionDesk({}, '07:55');
  for (let i = 0; i < 6; i += 1) desk.enter(`b${i}`, 'B 1@100.00');
  for (let i = 0; i < 6; i += 1) desk.enter(`s${i}`, 'S 1@100.00');
  return desk;
}

/** Trading on Mondays from midnight to five past eight. */
const UNTIL_FIVE_PAST: SessionCalendar = {
  weekdays: [
    [],
    [
      { secondOfDay: 0, phase: 'CONTINUOUS' },
      { secondOfDay: 8 * 3_600 + 300, phase: 'CLOSED' },
    ],
    [],
    [],
    [],
    [],
    [],
  ],
  holidays: [],
};

describe('an auction that is carried out in several turns', () => {
  it('comes to the same as in one, over crashes between the turns', () => {
    let turnsMax = 0;
    const limits = fc.record({
      leaveAtOnceMax: fc.integer({ min: 1, max: 5 }),
      roundsAPlanMax: fc.integer({ min: 1, max: 3 }),
      changesATurnMax: fc.integer({ min: 1, max: 4 }),
      roundsATurnMax: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(auction, limits, (play, bounds) => {
        const whole = collected(play);
        withLimits(whole, { ...bounds, ...ONE_TURN }, () => carryOut(whole, () => undefined));
        const pieces = collected(play);
        turnsMax = Math.max(
          turnsMax,
          withLimits(pieces, bounds, () => carryOut(pieces, () => crash(pieces))),
        );
        expectSound(pieces);
        expect(tradesOf(pieces)).toEqual(tradesOf(whole));
        expect(stateOf(pieces)).toEqual(stateOf(whole));
      }),
      { numRuns: 150 },
    );
    expect(turnsMax).toBeGreaterThan(5);
  });

  it('has the price and the volume of the whole, and says when it is over', () => {
    const desk = crowd();
    const turns = withLimits(desk, { changesATurnMax: 2 }, () => carryOut(desk, () => crash(desk)));
    expect([turns, desk.story.length]).toEqual([5, 7]);
    expect(desk.events.filter(({ event }) => event.kind === 'PhaseChanged').at(-1)?.event).toMatchObject({
      phase: 'CONTINUOUS',
      auctionPriceTicks: 10_000,
      auctionLots: 6,
    });
  });

  it('takes no order and no change of terms meanwhile, and no word of an operator', () => {
    const desk = crowd();
    desk.enter('rest', 'B 5@99.00');
    withLimits(desk, { changesATurnMax: 2 }, () => {
      carryOut(desk, () => {
        desk.enter('late', 'B 1@100.00');
        expect(desk.tells('late')).toBe('REJECTED 0/0/1/0 AUCTION_UNDER_WAY');
        desk.replace({ of: 'rest', account: 'rest.main', clOrdId: `r${desk.events.length}`, quantity: '4' });
        expect(desk.tells('rest')).toBe('NEW 5/0/0/0');
        const halt = desk.do({ kind: 'SetTradingStatus', symbol: 'EXCH', status: 'HALTED' });
        expect(halt).toMatchObject({ kind: 'refused', reason: { code: 'WRONG_PHASE' } });
        desk.place({ clOrdId: `other${desk.events.length}` });
        expectSound(desk);
      });
    });
    expect(desk.story.filter((line) => line.startsWith('1@10000'))).toHaveLength(6);
    expect(desk.reports.some(({ order }) => order.terms.symbol === 'AMZN')).toBe(true);
  });

  it('lets nothing but the clock go on with it', () => {
    const desk = crowd();
    withLimits(desk, { changesATurnMax: 2 }, () => {
      desk.goTo('08:00');
      desk.goTo('08:00');
      for (let i = 0; i < 10; i += 1) desk.place({ clOrdId: `k${i}` });
      expect(desk.phase).toBe('OPENING_AUCTION');
      expect(desk.story.filter((line) => line.startsWith('1@'))).toHaveLength(2);
    });
  });

  it('takes what is canceled meanwhile off when all its trades are made, and answers then', () => {
    const desk = crowd();
    desk.enter('rest', 'B 5@99.00');
    withLimits(desk, { changesATurnMax: 2 }, () => {
      desk.goTo('08:00');
      expect(desk.cancel('rest.main', 'rest')).toMatchObject({ kind: 'cancel-pending' });
      expect(desk.cancel('b5.main', 'b5')).toMatchObject({ kind: 'cancel-pending' });
      expect(
        desk.do({ kind: 'MassCancel', scope: { account: 's5.main' }, belowOrderNumber: 0 }),
      ).toMatchObject({ canceledOrders: 1, openOrders: 1 });
      expectSound(desk);
      carryOut(desk, () => crash(desk));
    });
    expect(desk.tells('rest')).toBe('CANCELED 0/0/5/0 CANCELED_BY_OWNER');
    expect(desk.tells('b5')).toBe('FILLED 0/1/0/0');
    const answered = desk.placed.slice(-3).map(({ order }) => `${order.terms.clOrdId} ${order.status}`);
    expect(answered.sort()).toEqual(['b5 FILLED', 'rest CANCELED', 's5 FILLED']);
    expectSound(desk);
  });

  it('lets no order of another instrument trade after its time', () => {
    const desk = crowd();
    const expireAtMicros = desk.nowMicros + 5 * 60 * 1_000_000 + 2_000_000;
    desk.place({ clOrdId: 'maker', timeInForce: 'GTD', expireAtMicros });
    withLimits(desk, { changesATurnMax: 2 }, () => {
      desk.goTo('08:00');
      desk.setTime('08:00:10');
      desk.place({ clOrdId: 'taker', account: 'bob.main', side: 'SELL' });
      expect(desk.phase).toBe('OPENING_AUCTION');
    });
    expect([desk.shows('maker'), desk.shows('taker', 'bob.main')]).toEqual([
      'EXPIRED 0/0/10/0',
      'NEW 10/0/0/0',
    ]);
  });

  it('holds up no phase of another instrument, though orders of its own are over', () => {
    const desk = crowd();
    desk.list({ symbol: 'NEXT', baseAsset: 'NEXT', rules: { ...EXCHANGE_RULES, calendar: UNTIL_FIVE_PAST } });
    const expireAtMicros = desk.nowMicros + 5 * 60 * 1_000_000 + 2_000_000;
    desk.enter('b6', 'B 1@99.00', { timeInForce: 'GTD', expireAtMicros });
    withLimits(desk, { changesATurnMax: 2 }, () => {
      desk.goTo('08:00');
      desk.goTo('08:05');
      expect([desk.phase, desk.state.markets.get('NEXT')?.phase]).toEqual(['OPENING_AUCTION', 'CLOSED']);
      crash(desk);
      while (desk.phase !== 'CONTINUOUS') desk.do({ kind: 'AdvanceClock' });
    });
    desk.do({ kind: 'ExpireOrders' });
    expect(desk.tells('b6')).toBe('EXPIRED 0/0/1/0 GTD_EXPIRED');
    expectSound(desk);
  });

  it('lets what may still trade expire after it, and a kill switch come after it', () => {
    const desk = new SessionDesk({}, '07:55');
    for (let i = 0; i < 6; i += 1) desk.enter(`b${i}`, 'B 1@100.00');
    desk.nowMicros += 1;
    const expireAtMicros = desk.nowMicros + 5 * 60 * 1_000_000;
    for (let i = 0; i < 7; i += 1)
      desk.enter(`s${i}`, 'S 1@100.00', { timeInForce: 'GTD', expireAtMicros: expireAtMicros + 1 });
    withLimits(desk, { changesATurnMax: 2 }, () => {
      desk.goTo('08:00');
      desk.nowMicros += 10_000_000;
      desk.do({ kind: 'ExpireOrders' });
      expect(desk.reports.some(({ execType }) => execType === 'EXPIRED')).toBe(false);
      const killed = { kind: 'EngageKillSwitch', scope: 'account/b5.main', operator: 'o', note: '' } as const;
      expect(desk.do(killed)).toMatchObject({ kind: 'swept', openOrders: 1 });
      while (desk.phase !== 'CONTINUOUS') desk.do({ kind: 'AdvanceClock' });
    });
    desk.do({ kind: 'ExpireOrders' });
    expect(desk.reports.filter(({ execType }) => execType === 'EXPIRED')).toHaveLength(1);
    expect([desk.tells('b5'), desk.tells('s6')]).toEqual(['FILLED 0/1/0/0', 'EXPIRED 0/0/1/0 GTD_EXPIRED']);
    expectSound(desk);
  });
});

function tradesOf(desk: SessionDesk): string[] {
  return desk.story;
}

function stateOf(desk: SessionDesk): Plain {
  return tradingMachine.snapshot(desk.state);
}

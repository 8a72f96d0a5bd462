import type { TradingPhase } from '@clearway/domain-matching';
import { orderNeeds } from './needs';
import { expectSound } from './testing/expect-sound';
import { HoldModel } from './testing/hold-model';
import { EXCH, SessionDesk } from './testing/session-desk';

/** A desk whose instrument is in the phase, with nothing in its book. */
function deskIn(phase: TradingPhase): SessionDesk {
  const desk = new SessionDesk();
  const times: Partial<Record<TradingPhase, string>> = {
    PRE_OPEN: '07:10',
    OPENING_AUCTION: '07:55',
    CLOSING_AUCTION: '16:31',
    CLOSED: '20:00',
  };
  desk.goTo(times[phase] ?? '12:00');
  if (phase === 'HALTED' || phase === 'REOPENING_AUCTION') setStatus(desk, 'HALTED');
  if (phase === 'REOPENING_AUCTION') setStatus(desk, 'OPEN', 60_000);
  expect(desk.phase).toBe(phase);
  return desk;
}

function setStatus(desk: SessionDesk, status: 'OPEN' | 'HALTED', reopeningAuctionMs = 0) {
  return desk.do({ kind: 'SetTradingStatus', symbol: EXCH, status, reopeningAuctionMs });
}

const ORDERS = {
  DAY: ['B 10@100.00', {}],
  GTC: ['B 10@100.00', { timeInForce: 'GTC' }],
  IOC: ['B 10@100.00', { timeInForce: 'IOC' }],
  FOK: ['B 10@100.00', { timeInForce: 'FOK' }],
  'at auction': ['B 10@100.00', { timeInForce: 'AT_AUCTION' }],
  'at market IOC': ['B 10', {}],
  'at market at auction': ['B 10', { timeInForce: 'AT_AUCTION' }],
  'post-only': ['B 10@100.00', { postOnly: true }],
  stop: ['B 10', { ordType: 'STOP_LOSS', stopPrice: '120.00', timeInForce: 'DAY' }],
} as const;

const NEW = 'NEW 10/0/0/0';
const collecting = {
  DAY: NEW,
  GTC: NEW,
  IOC: 'TIME_IN_FORCE_NOT_IN_PHASE',
  FOK: 'TIME_IN_FORCE_NOT_IN_PHASE',
  'at auction': NEW,
  'at market IOC': 'TIME_IN_FORCE_NOT_IN_PHASE',
  'at market at auction': NEW,
  'post-only': 'ORDER_NOT_IN_PHASE',
  stop: NEW,
};
const all = (answer: string) => Object.fromEntries(Object.keys(ORDERS).map((name) => [name, answer]));

/** What each phase says to each order, with an empty book. */
const ANSWERS: Record<TradingPhase, Record<string, string>> = {
  PRE_OPEN: collecting,
  OPENING_AUCTION: collecting,
  REOPENING_AUCTION: collecting,
  CLOSING_AUCTION: collecting,
  HALTED: all('INSTRUMENT_HALTED'),
  CLOSED: all('INSTRUMENT_CLOSED'),
  CONTINUOUS: {
    ...all(NEW),
    IOC: 'IOC_REMAINDER',
    FOK: 'FOK_UNFILLABLE',
    'at auction': 'TIME_IN_FORCE_NOT_IN_PHASE',
    'at market IOC': 'NO_LIQUIDITY',
    'at market at auction': 'TIME_IN_FORCE_NOT_IN_PHASE',
  },
};

describe.each(Object.keys(ANSWERS) as TradingPhase[])('in %s', (phase) => {
  it.each(Object.entries(ORDERS))('an order %s is answered as the table says', (name, [text, over]) => {
    const desk = deskIn(phase);
    desk.enter('a', text, over);
    expect(desk.tells('a')).toContain(ANSWERS[phase][name]);
    expectSound(desk);
  });

  it('a cancel passes', () => {
    const desk = new SessionDesk();
    desk.goTo('07:10');
    desk.enter('a', 'B 10@90.00', { timeInForce: 'GTC' });
    desk.goTo(phase === 'CLOSED' ? '20:00' : '12:00');
    if (phase === 'HALTED') setStatus(desk, 'HALTED');
    expect(desk.cancel('a.main', 'a').kind).toBe('canceled');
    expect(desk.tells('a')).toBe('CANCELED 0/0/10/0 CANCELED_BY_OWNER');
  });

  it('an order that has waited for risk since continuous trading is judged by the phase it comes to', () => {
    const desk = new SessionDesk();
    desk.goTo('12:00');
    desk.participant = () => undefined;
    desk.enter('a', 'B 10@100.00', { timeInForce: 'IOC' });
    desk.participant = () => 'ok';
    if (phase === 'CLOSING_AUCTION' || phase === 'CLOSED')
      desk.setTime(phase === 'CLOSED' ? '20:00' : '16:31');
    else if (phase !== 'CONTINUOUS') setStatus(desk, 'HALTED');
    if (phase === 'REOPENING_AUCTION') setStatus(desk, 'OPEN', 60_000);
    const isReached = ['HALTED', 'REOPENING_AUCTION', 'CLOSING_AUCTION', 'CLOSED', 'CONTINUOUS'].includes(
      phase,
    );
    desk.answerPending();
    if (isReached) expect(desk.tells('a')).toContain(ANSWERS[phase].IOC);
    expectSound(desk);
  });
});

describe('a day', () => {
  it('collects, opens at the price of the most volume, trades, closes with an auction and expires DAY orders', () => {
    const desk = new SessionDesk();
    expect(desk.phase).toBe('CLOSED');
    desk.goTo('07:00');
    desk.enter('b1', 'B 10@101.00', { timeInForce: 'GTC' });
    desk.enter('b2', 'B 20@100.50');
    desk.enter('s1', 'S 15@100.00');
    desk.enter('s2', 'S 20@100.50');
    expect(desk.state.markets.get(EXCH)?.book.indicativePrice(10_000)).toEqual({
      priceTicks: 10_050,
      volumeLots: 30,
      surplusLots: -5,
    });
    desk.goTo('08:00');
    expect(desk.story).toEqual([
      'PRE_OPEN CALENDAR',
      'OPENING_AUCTION CALENDAR',
      '10@10050 1+3',
      '5@10050 2+3',
      '15@10050 2+4',
      'CONTINUOUS CALENDAR',
    ]);
    expect(desk.tells('s2')).toBe('PARTIALLY_FILLED 5/15/0/0');
    desk.enter('t1', 'B 2@100.50', { timeInForce: 'IOC' });
    desk.goTo('16:30');
    desk.enter('b3', 'B 1@100.50', { timeInForce: 'AT_AUCTION' });
    desk.enter('b4', 'B 10@99.00', { timeInForce: 'GTC' });
    desk.goTo('16:35');
    expect(desk.story.slice(-4)).toEqual([
      '2@10050 4+5',
      'CLOSING_AUCTION CALENDAR',
      '1@10050 4+6',
      'CLOSED CALENDAR',
    ]);
    desk.do({ kind: 'ExpireOrders' });
    expect([desk.tells('s2'), desk.tells('b4')]).toEqual(['EXPIRED 0/18/2/0 DAY_ENDED', 'NEW 10/0/0/0']);
    expectSound(desk);
  });

  it('that nobody watched is caught up with: earlier first, and what expires in between does not trade', () => {
    const desk = new SessionDesk();
    desk.goTo('07:00');
    desk.setTime('07:00:01');
    const expireAtMicros = desk.nowMicros + 60_000_000;
    desk.enter('g1', 'B 5@101.00', { timeInForce: 'GTD', expireAtMicros });
    desk.enter('b1', 'B 5@100.00', { timeInForce: 'GTC' });
    desk.enter('s1', 'S 10@100.00', { timeInForce: 'GTC' });
    desk.goTo('09:00', '2026-12-22');
    expect(desk.tells('g1')).toBe('EXPIRED 0/0/5/0 GTD_EXPIRED');
    expect(desk.story).toEqual([
      'PRE_OPEN CALENDAR',
      'OPENING_AUCTION CALENDAR',
      '5@10000 2+3',
      'CONTINUOUS CALENDAR',
      'CLOSING_AUCTION CALENDAR',
      'CLOSED CALENDAR',
      'PRE_OPEN CALENDAR',
      'OPENING_AUCTION CALENDAR',
      'CONTINUOUS CALENDAR',
    ]);
    expectSound(desk);
  });

  it('ends before an order of its first moment after is decided', () => {
    const desk = new SessionDesk();
    desk.goTo('12:00');
    desk.setTime('16:30');
    desk.enter('a', 'B 10@100.00', { timeInForce: 'IOC' });
    expect(desk.tells('a')).toBe('REJECTED 0/0/10/0 TIME_IN_FORCE_NOT_IN_PHASE');
  });

  it('is taken up by a snapshot in the middle of an auction', () => {
    const desk = new SessionDesk();
    desk.goTo('07:55');
    desk.enter('b1', 'B 10', { timeInForce: 'AT_AUCTION' });
    desk.enter('s1', 'S 4@100.00');
    expectSound(desk);
    expect(orderNeeds(desk.state).map(({ account, amountMinor }) => `${account} ${amountMinor}`)).toEqual([
      'b1.main 105021',
      's1.main 4',
    ]);
  });
});

describe('an auction', () => {
  it('cancels what it leaves of orders at market and of orders for the auction only', () => {
    const desk = deskIn('OPENING_AUCTION');
    desk.enter('m1', 'B 10', { timeInForce: 'AT_AUCTION' });
    desk.enter('l1', 'B 5@101.00', { timeInForce: 'AT_AUCTION' });
    desk.enter('d1', 'B 5@101.00');
    desk.enter('s1', 'S 12@100.00');
    desk.goTo('08:00');
    expect(['m1', 'l1', 'd1', 's1'].map((id) => desk.tells(id))).toEqual([
      'FILLED 0/10/0/0',
      'CANCELED 0/2/3/0 AUCTION_REMAINDER',
      'NEW 5/0/0/0',
      'FILLED 0/12/0/0',
    ]);
    expectSound(desk);
  });

  it('never fills an order at market beyond what its hold covers: it leaves, and the price is found anew', () => {
    const desk = deskIn('OPENING_AUCTION');
    const model = new HoldModel();
    desk.participant = model.participant;
    desk.enter('m1', 'B 10', { timeInForce: 'AT_AUCTION' });
    desk.enter('b1', 'B 3@130.00');
    desk.enter('s1', 'S 10@120.00');
    desk.goTo('08:00');
    expect(desk.tells('m1')).toBe('CANCELED 0/0/10/0 BEYOND_PROTECTION');
    expect(desk.story.slice(-2)).toEqual(['3@12000 2+3', 'CONTINUOUS CALENDAR']);
    expect(
      model.differences(desk.state, (number) => desk.state.orders.get(number)?.terms.priceTicks ?? 0),
    ).toEqual([]);
    expectSound(desk);
  });

  it.each([
    ['CANCEL_NEWEST', 'NEW 10/0/0/0', 'CANCELED 0/0/10/0'],
    ['CANCEL_OLDEST', 'CANCELED 0/0/10/0', 'NEW 10/0/0/0'],
    ['CANCEL_BOTH', 'CANCELED 0/0/10/0', 'CANCELED 0/0/10/0'],
    ['DECREMENT', 'CANCELED 0/0/10/0', 'CANCELED 0/0/10/0'],
    ['ALLOW', 'FILLED 0/10/0/0', 'FILLED 0/10/0/0'],
  ] as const)('prevents self-trades as the newer order says: %s', (selfTrade, older, newer) => {
    const desk = deskIn('OPENING_AUCTION');
    desk.enter('o1', 'B 10@100.00', { account: 'alice.one', timeInForce: 'GTC' });
    desk.enter('n1', 'S 10@100.00', { account: 'alice.two', timeInForce: 'GTC', selfTrade });
    desk.goTo('08:00');
    expect([desk.tells('o1', 'alice.one'), desk.tells('n1', 'alice.two')]).toEqual([
      expect.stringContaining(older),
      expect.stringContaining(newer),
    ]);
    expectSound(desk);
  });

  it('releases stops when continuous trading begins', () => {
    const desk = deskIn('OPENING_AUCTION');
    desk.enter('p1', 'S 4', { ordType: 'STOP_LOSS', stopPrice: '99.00', timeInForce: 'DAY' });
    desk.enter('b1', 'B 10@98.00');
    desk.enter('s1', 'S 5@98.00');
    desk.goTo('08:00');
    expect(desk.tells('p1')).toBe('FILLED 0/4/0/0');
    expect(desk.story.slice(-3)).toEqual(['5@9800 2+3', 'CONTINUOUS CALENDAR', '4@9800 2+1']);
    expectSound(desk);
  });

  it('lets an order be replaced, which rests without matching', () => {
    const desk = deskIn('OPENING_AUCTION');
    desk.enter('b1', 'B 10@99.00');
    desk.enter('s1', 'S 10@100.00');
    desk.replace({ of: 'b1', account: 'b1.main', clOrdId: 'b1x', price: '101.00' });
    expect(desk.shows('b1x', 'b1.main')).toBe('NEW 10/0/0/0');
    expectSound(desk);
    desk.goTo('08:00');
    expect(desk.shows('b1x', 'b1.main')).toBe('FILLED 0/10/0/0');
    expectSound(desk);
  });

  it('does not let an order at market be replaced', () => {
    const desk = deskIn('OPENING_AUCTION');
    desk.enter('m1', 'B 10', { timeInForce: 'AT_AUCTION' });
    const outcome = desk.replace({ of: 'm1', account: 'm1.main', clOrdId: 'x', quantity: '20' });
    expect(outcome).toMatchObject({
      answer: { outcome: 'refused', reasons: [{ code: 'ORDER_NOT_IN_PHASE' }] },
    });
    expectSound(desk);
  });
});

describe('a halt', () => {
  it('ends at once when it is resumed without an auction', () => {
    const desk = deskIn('HALTED');
    expect(setStatus(desk, 'OPEN').kind).toBe('status-set');
    expect(desk.phase).toBe('CONTINUOUS');
    expectSound(desk);
  });

  it('resumes with an auction of the length asked for, which uncrosses', () => {
    const desk = deskIn('REOPENING_AUCTION');
    desk.enter('b1', 'B 10@101.00');
    desk.enter('s1', 'S 10@99.00');
    desk.goTo('12:00:59');
    expect(desk.phase).toBe('REOPENING_AUCTION');
    desk.goTo('12:01');
    expect(desk.story.slice(-2)).toEqual(['10@10000 1+2', 'CONTINUOUS AUCTION_ENDED']);
    expectSound(desk);
  });

  it('calls an auction off, and resuming without one uncrosses what it left', () => {
    const desk = deskIn('OPENING_AUCTION');
    desk.enter('b1', 'B 10@101.00');
    desk.enter('m1', 'B 10', { timeInForce: 'AT_AUCTION' });
    desk.enter('s1', 'S 5@99.00');
    setStatus(desk, 'HALTED');
    desk.goTo('08:30');
    expect([desk.phase, desk.story.length]).toEqual(['HALTED', 3]);
    setStatus(desk, 'OPEN');
    expect(desk.story.slice(-2)).toEqual(['5@10101 2+3', 'CONTINUOUS OPERATOR']);
    expect(desk.tells('m1')).toBe('CANCELED 0/5/5/0 AUCTION_REMAINDER');
    expectSound(desk);
  });

  it('ends with the day', () => {
    const desk = deskIn('HALTED');
    desk.goTo('17:00');
    expect(desk.phase).toBe('CLOSED');
    expect(setStatus(desk, 'OPEN')).toMatchObject({ kind: 'refused', reason: { code: 'WRONG_PHASE' } });
    expect(setStatus(desk, 'HALTED')).toMatchObject({ kind: 'refused', reason: { code: 'WRONG_PHASE' } });
  });

  it.each([
    ['07:30', 'PRE_OPEN'],
    ['07:55', 'OPENING_AUCTION'],
    ['16:32', 'CLOSING_AUCTION'],
  ])('that is resumed at %s goes on with %s', (time, phase) => {
    const desk = deskIn('PRE_OPEN');
    setStatus(desk, 'HALTED');
    desk.goTo(time);
    setStatus(desk, 'OPEN', 60_000);
    expect(desk.phase).toBe(phase);
    expectSound(desk);
  });
});

describe('price bands', () => {
  const banded = { bands: { staticBps: 1_000, dynamicBps: 200 } };

  function continuous(volatilityAuctionMs: number): SessionDesk {
    const desk = new SessionDesk({ ...banded, volatilityAuctionMs });
    desk.goTo('12:00');
    desk.enter('s1', 'S 5@101.00');
    desk.enter('s2', 'S 5@102.00');
    desk.enter('s3', 'S 5@102.01');
    return desk;
  }

  it.each([
    ['B 1@110.00', 'NEW'],
    ['B 1@110.01', 'PRICE_OUT_OF_BAND'],
    ['S 1@90.00', 'NEW'],
    ['S 1@89.99', 'PRICE_OUT_OF_BAND'],
  ])('around the reference refuse %s: %s', (text, answer) => {
    const desk = new SessionDesk(banded);
    desk.goTo('07:10');
    desk.enter('a', text);
    expect(desk.tells('a')).toContain(answer);
    expectSound(desk);
  });

  it('follow the price of the last auction', () => {
    const desk = new SessionDesk(banded);
    desk.goTo('07:10');
    desk.enter('b1', 'B 1@108.00');
    desk.enter('s1', 'S 1@108.00');
    desk.goTo('08:00');
    desk.enter('a', 'B 1@118.80', { timeInForce: 'GTC' });
    expect(desk.tells('a')).toBe('NEW 1/0/0/0');
    const outcome = desk.replace({ of: 'a', account: 'a.main', clOrdId: 'a2', price: '118.81' });
    expect(outcome).toMatchObject({
      answer: { outcome: 'refused', reasons: [{ code: 'PRICE_OUT_OF_BAND' }] },
    });
    expectSound(desk);
  });

  it.each([
    ['limit', 'B 20@105.00', {}],
    ['IOC', 'B 20@105.00', { timeInForce: 'IOC' }],
    ['at market', 'B 20', {}],
  ] as const)('around the last trade cancel what would trade beyond: %s', (_name, text, over) => {
    const desk = continuous(0);
    desk.enter('a', text, over);
    expect(desk.tells('a')).toBe('CANCELED 0/10/10/0 PRICE_BAND_REACHED');
    expect([desk.tells('s3'), desk.phase]).toEqual(['NEW 5/0/0/0', 'CONTINUOUS']);
    expectSound(desk);
  });

  it('leave an order alone that has nothing to trade with beyond', () => {
    const desk = continuous(0);
    desk.cancel('s3.main', 's3');
    desk.enter('a', 'B 20@105.00');
    expect(desk.tells('a')).toBe('PARTIALLY_FILLED 10/10/0/0');
    expectSound(desk);
  });

  it('make a fill-or-kill order unfillable', () => {
    const desk = continuous(60_000);
    desk.enter('a', 'B 11@105.00', { timeInForce: 'FOK' });
    expect([desk.tells('a'), desk.phase]).toEqual(['REJECTED 0/0/11/0 FOK_UNFILLABLE', 'CONTINUOUS']);
  });

  it('begin an auction where the instrument is to have one, for which the rest of the order waits', () => {
    const desk = continuous(60_000);
    desk.enter('a', 'B 20@105.00');
    expect([desk.tells('a'), desk.phase]).toEqual(['PARTIALLY_FILLED 10/10/0/0', 'REOPENING_AUCTION']);
    expectSound(desk);
    desk.goTo('12:01');
    expect([desk.tells('a'), desk.tells('s3')]).toEqual(['PARTIALLY_FILLED 5/15/0/0', 'FILLED 0/5/0/0']);
    expect(desk.story.slice(-3)).toEqual([
      'REOPENING_AUCTION VOLATILITY',
      '5@10201 3+4',
      'CONTINUOUS AUCTION_ENDED',
    ]);
    expectSound(desk);
  });
});

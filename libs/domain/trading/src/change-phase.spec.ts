import { orderNeeds } from './needs';
import { expectSound } from './testing/expect-sound';
import { deskIn, EXCH, SessionDesk } from './testing/session-desk';

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

describe('a halt', () => {
  it('ends at once when it is resumed without an auction', () => {
    const desk = deskIn('HALTED');
    expect(desk.setStatus('OPEN').kind).toBe('status-set');
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
    desk.setStatus('HALTED');
    desk.goTo('08:30');
    expect([desk.phase, desk.story.length]).toEqual(['HALTED', 3]);
    desk.setStatus('OPEN');
    expect(desk.story.slice(-2)).toEqual(['5@10101 2+3', 'CONTINUOUS OPERATOR']);
    expect(desk.tells('m1')).toBe('CANCELED 0/5/5/0 AUCTION_REMAINDER');
    expectSound(desk);
  });

  it('ends with the day', () => {
    const desk = deskIn('HALTED');
    desk.goTo('17:00');
    expect(desk.phase).toBe('CLOSED');
    expect(desk.setStatus('OPEN')).toMatchObject({ kind: 'refused', reason: { code: 'WRONG_PHASE' } });
    expect(desk.setStatus('HALTED')).toMatchObject({ kind: 'refused', reason: { code: 'WRONG_PHASE' } });
  });

  it.each([
    ['07:30', 'PRE_OPEN'],
    ['07:55', 'OPENING_AUCTION'],
    ['16:32', 'CLOSING_AUCTION'],
  ])('that is resumed at %s goes on with %s', (time, phase) => {
    const desk = deskIn('PRE_OPEN');
    desk.setStatus('HALTED');
    desk.goTo(time);
    desk.setStatus('OPEN', 60_000);
    expect(desk.phase).toBe(phase);
    expectSound(desk);
  });
});

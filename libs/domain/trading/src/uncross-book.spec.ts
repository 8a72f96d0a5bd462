import { expectSound } from './testing/expect-sound';
import { HoldModel } from './testing/hold-model';
import { deskIn } from './testing/session-desk';

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

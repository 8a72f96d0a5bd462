import { expectSound } from './testing/expect-sound';
import { SessionDesk } from './testing/session-desk';

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

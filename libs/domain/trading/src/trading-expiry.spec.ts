import type { PlaceOrder } from './commands';
import { expectSound } from './testing/expect-sound';
import { SessionDesk } from './testing/session-desk';

const GOOD_MICROS = 60_000_000;

/** A desk in continuous trading with an order of g1 that is good for a minute. */
function withGtd(text: string, over: Partial<PlaceOrder> = {}): SessionDesk {
  const desk = new SessionDesk();
  desk.goTo('12:00');
  const expireAtMicros = desk.nowMicros + GOOD_MICROS;
  desk.enter('g1', text, { timeInForce: 'GTD', expireAtMicros, ...over });
  return desk;
}

/** Keeps back what risk answers until something has happened. */
function whileRiskIsAsked(desk: SessionDesk, ask: () => void, act: () => void): void {
  desk.participant = (request) => (request.kind === 'Reserve' ? undefined : 'ok');
  ask();
  act();
  desk.participant = () => 'ok';
  desk.answerPending();
}

describe('an order that is good until a time', () => {
  it('trades with nobody from that time on, though no clock has looked', () => {
    const desk = withGtd('S 5@100.00');
    desk.nowMicros += GOOD_MICROS;
    desk.enter('b1', 'B 5@100.00');
    expect([desk.tells('g1'), desk.tells('b1')]).toEqual(['EXPIRED 0/0/5/0 GTD_EXPIRED', 'NEW 5/0/0/0']);
    expectSound(desk);
  });

  it('trades until the moment before', () => {
    const desk = withGtd('S 5@100.00');
    desk.nowMicros += GOOD_MICROS - 1;
    desk.enter('b1', 'B 5@100.00');
    expect(desk.tells('g1')).toBe('FILLED 0/5/0/0');
  });

  it('takes part in an auction that ends at that very time', () => {
    const desk = withGtd('S 5@100.00');
    const resume = { kind: 'SetTradingStatus', symbol: 'EXCH', status: 'OPEN' } as const;
    desk.do({ ...resume, status: 'HALTED' });
    desk.do({ ...resume, reopeningAuctionMs: GOOD_MICROS / 1_000 });
    desk.enter('b1', 'B 5@100.00', { timeInForce: 'AT_AUCTION' });
    desk.nowMicros += GOOD_MICROS;
    desk.do({ kind: 'AdvanceClock' });
    expect(desk.tells('g1')).toBe('FILLED 0/5/0/0');
    expectSound(desk);
  });

  it('never comes to the book when its time passes while risk is asked', () => {
    const desk = new SessionDesk();
    desk.goTo('12:00');
    desk.enter('s1', 'S 5@100.00');
    const expireAtMicros = desk.nowMicros + 1_000_000;
    whileRiskIsAsked(
      desk,
      () => desk.enter('g1', 'B 5@100.00', { timeInForce: 'GTD', expireAtMicros }),
      () => {
        desk.nowMicros = expireAtMicros;
      },
    );
    expect([desk.tells('g1'), desk.tells('s1')]).toEqual(['REJECTED 0/0/5/0 GTD_EXPIRED', 'NEW 5/0/0/0']);
    expectSound(desk);
  });
});

describe('an order for the day', () => {
  it('never comes to the book when its day ends while risk is asked', () => {
    const desk = new SessionDesk();
    desk.setTime('23:59:59');
    const seller = { account: 'carol.main', clOrdId: 's1', side: 'SELL', timeInForce: 'GTC' } as const;
    desk.place(seller);
    whileRiskIsAsked(
      desk,
      () => desk.place({ clOrdId: 'd1', timeInForce: 'DAY' }),
      () => desk.setTime('00:00:00', '2026-12-22'),
    );
    expect(desk.tells('d1', 'alice.main')).toBe('REJECTED 0/0/10/0 DAY_ENDED');
    expectSound(desk);
  });
});

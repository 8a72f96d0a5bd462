import { expectSound } from './testing/expect-sound';
import { TradingDesk } from './testing/trading-desk';

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
    desk.do({ kind: 'ExpireOrders' });
    expect(desk.shows('day')).toBe('NEW 10/0/0/0');
    desk.nowMicros += 86_400_000_000;
    desk.do({ kind: 'ExpireOrders' });
    expect(desk.shows('day')).toBe('EXPIRED 0/0/10/0');
    expect(desk.shows('gtc')).toBe('NEW 10/0/0/0');
    expectSound(desk);
  });
});

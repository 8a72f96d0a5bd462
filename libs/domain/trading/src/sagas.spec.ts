import { PLACE_ORDER_DEADLINE_MS } from './sagas';
import { expectSound } from './testing/expect-sound';
import { refused, TradingDesk } from './testing/trading-desk';

describe('compensation', () => {
  it('rejects with all of risk’s reasons and releases nothing', () => {
    const desk = new TradingDesk();
    desk.participant = () => [...refused('ORDER_RATE'), ...refused('INSUFFICIENT_FUNDS')];
    desk.place({ clOrdId: 'k' });
    expect(desk.shows('k')).toBe('REJECTED 0/0/10/0');
    expect(desk.placed.at(-1)?.order.reasons.map((each) => each.code)).toEqual([
      'INSUFFICIENT_FUNDS',
      'ORDER_RATE',
    ]);
    expect(desk.asked).toEqual(['Reserve']);
    expectSound(desk);
  });

  it('rejects at the deadline when risk is silent, and releases the hold that may come late', () => {
    const desk = new TradingDesk();
    desk.participant = () => undefined;
    desk.place({ clOrdId: 'k' });
    desk.nowMicros += PLACE_ORDER_DEADLINE_MS * 1_000;
    desk.do({ kind: 'SagaTick' });
    expect(desk.shows('k')).toBe('REJECTED 0/0/10/0');
    expect(desk.placed.at(-1)?.order.reasons[0]?.code).toBe('STEP_DEADLINE');
    desk.participant = () => 'ok';
    desk.answerPending();
    expect(desk.asked).toEqual(['Reserve', 'ReleaseHold', 'Reserve', 'ReleaseHold']);
    expect(desk.shows('k')).toBe('REJECTED 0/0/10/0');
    expect(desk.state.sagas.liveCount).toBe(0);
    expectSound(desk);
  });

  it('releases the hold when the book refuses what was reserved before the halt', () => {
    const desk = new TradingDesk();
    desk.participant = () => undefined;
    desk.place({ clOrdId: 'k' });
    desk.do({ kind: 'SetTradingStatus', symbol: 'AMZN', status: 'HALTED' });
    desk.participant = () => 'ok';
    desk.answerPending();
    expect(desk.shows('k')).toBe('REJECTED 0/0/10/0');
    expect(desk.asked).toEqual(['Reserve', 'Reserve', 'ReleaseHold']);
    expectSound(desk);
  });

  it('rejects at once, and asks nobody, while the instrument is halted', () => {
    const desk = new TradingDesk();
    desk.do({ kind: 'SetTradingStatus', symbol: 'AMZN', status: 'HALTED' });
    expect(desk.place({ clOrdId: 'k' })).toMatchObject({ kind: 'answered', order: { status: 'REJECTED' } });
    expect(desk.place({ clOrdId: 'k' })).toMatchObject({ kind: 'duplicate', answered: true });
    expect(desk.asked).toEqual([]);
    expectSound(desk);
  });

  it('busts a trade that clearing refuses: legs reversed, holds given back, both told', () => {
    const desk = new TradingDesk();
    desk.place({ account: 'bob.main', clOrdId: 'm', side: 'SELL', quantity: '15' });
    desk.participant = (request) =>
      request.kind === 'SettleLeg' && request.side === 'SELL' ? refused('ACCOUNT_FROZEN') : 'ok';
    desk.asked.length = 0;
    desk.place({ clOrdId: 't' });
    expect(desk.asked).toEqual([
      'Reserve',
      'SettleLeg',
      'SettleLeg',
      'ReverseLeg',
      'ReleaseLots',
      'ReleaseLots',
    ]);
    expect(desk.shows('t')).toBe('CANCELED 0/0/0/10');
    expect(desk.shows('m', 'bob.main')).toBe('NEW 5/0/0/10');
    const told = desk.reports.filter((report) => report.execType === 'TRADE_CANCEL');
    expect(told.map((report) => report.order.terms.clOrdId)).toEqual(['m', 't']);
    expect(told[0]?.order.reasons.map((each) => each.code)).toEqual(['TRADE_BUSTED', 'ACCOUNT_FROZEN']);
    expect(desk.state.tradesBusted).toBe(1);
    expectSound(desk);
  });

  it('keeps a trade while clearing is silent, however long', () => {
    const desk = new TradingDesk();
    desk.place({ account: 'bob.main', clOrdId: 'm', side: 'SELL' });
    desk.participant = (request) => (request.kind === 'SettleLeg' ? undefined : 'ok');
    desk.place({ clOrdId: 't' });
    desk.nowMicros += 86_400_000_000;
    desk.do({ kind: 'SagaTick' });
    expect(desk.shows('t')).toBe('FILLED 0/10/0/0');
    desk.participant = () => 'ok';
    desk.answerPending();
    expect(desk.state.tradesSettled).toBe(1);
    expectSound(desk);
  });
});

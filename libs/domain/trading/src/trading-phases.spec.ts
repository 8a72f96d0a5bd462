import type { TradingPhase } from '@clearway/domain-matching';
import { expectSound } from './testing/expect-sound';
import { deskIn, SessionDesk } from './testing/session-desk';

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
    if (phase === 'HALTED') desk.setStatus('HALTED');
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
    else if (phase !== 'CONTINUOUS') desk.setStatus('HALTED');
    if (phase === 'REOPENING_AUCTION') desk.setStatus('OPEN', 60_000);
    const isReached = ['HALTED', 'REOPENING_AUCTION', 'CLOSING_AUCTION', 'CLOSED', 'CONTINUOUS'].includes(
      phase,
    );
    desk.answerPending();
    if (isReached) expect(desk.tells('a')).toContain(ANSWERS[phase].IOC);
    expectSound(desk);
  });
});

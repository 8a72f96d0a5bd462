import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  acceptsTimeInForce,
  type BookTimeInForce,
  endsAuctionOrders,
  followsCalendar,
  mayFollow,
  PHASE_RULES,
  PHASE_TRANSITIONS,
  phaseRefusal,
  resumesInto,
  type TradingPhase,
  uncrossesBetween,
} from './phase';

const PHASES = Object.keys(PHASE_RULES) as TradingPhase[];
const TIMES: readonly BookTimeInForce[] = ['DAY', 'GTC', 'GTD', 'IOC', 'FOK', 'AT_AUCTION'];

describe('phases', () => {
  it('say which times in force they take', () => {
    const table = PHASES.map(
      (phase) => `${phase}: ${TIMES.filter((time) => acceptsTimeInForce(phase, time)).join(' ')}`,
    );
    expect(table).toEqual([
      'PRE_OPEN: DAY GTC GTD AT_AUCTION',
      'OPENING_AUCTION: DAY GTC GTD AT_AUCTION',
      'CONTINUOUS: DAY GTC GTD IOC FOK',
      'HALTED: ',
      'REOPENING_AUCTION: DAY GTC GTD AT_AUCTION',
      'CLOSING_AUCTION: DAY GTC GTD AT_AUCTION',
      'CLOSED: ',
    ]);
  });

  it('give the first reason for which they refuse an order', () => {
    const order = { timeInForce: 'GTC', isAtMarket: false, isStop: false, isPostOnly: false } as const;
    expect(PHASES.map((phase) => phaseRefusal(phase, order) ?? '-')).toEqual([
      '-',
      '-',
      '-',
      'CLOSED_TO_ORDERS',
      '-',
      '-',
      'CLOSED_TO_ORDERS',
    ]);
    expect(phaseRefusal('OPENING_AUCTION', { ...order, timeInForce: 'FOK' })).toBe('TIME_IN_FORCE');
    expect(phaseRefusal('CONTINUOUS', { ...order, timeInForce: 'AT_AUCTION' })).toBe('TIME_IN_FORCE');
    expect(phaseRefusal('PRE_OPEN', { ...order, isPostOnly: true })).toBe('POST_ONLY');
    expect(phaseRefusal('PRE_OPEN', { ...order, isAtMarket: true, isStop: true })).toBeUndefined();
  });

  it('either collect or match or take nothing', () => {
    for (const { isCollecting, isMatching, timesInForce } of Object.values(PHASE_RULES)) {
      expect(isCollecting && isMatching).toBe(false);
      expect(timesInForce.length > 0).toBe(isCollecting || isMatching);
    }
  });

  it('uncross whenever continuous trading begins, and when a closing auction ends', () => {
    const uncrossed = PHASES.flatMap((from) =>
      PHASE_TRANSITIONS[from].filter((to) => uncrossesBetween(from, to)).map((to) => `${from} to ${to}`),
    );
    expect(uncrossed).toEqual([
      'PRE_OPEN to CONTINUOUS',
      'OPENING_AUCTION to CONTINUOUS',
      'HALTED to CONTINUOUS',
      'REOPENING_AUCTION to CONTINUOUS',
      'CLOSING_AUCTION to CLOSED',
      'CLOSED to CONTINUOUS',
    ]);
    expect(PHASES.filter(endsAuctionOrders)).toEqual(['CONTINUOUS', 'CLOSED']);
  });

  it('do not follow themselves, and every phase can be reached and left', () => {
    const reached = new Set(Object.values(PHASE_TRANSITIONS).flat());
    expect([...reached].sort()).toEqual([...PHASES].sort());
    for (const phase of PHASES) {
      expect(mayFollow(phase, phase)).toBe(false);
      expect(PHASE_TRANSITIONS[phase].length).toBeGreaterThan(0);
    }
  });

  it('follow the calendar, but a halt waits for an operator or the end of the day', () => {
    expect(followsCalendar('CONTINUOUS', 'CLOSING_AUCTION')).toBe('CLOSING_AUCTION');
    expect(followsCalendar('CONTINUOUS', 'CONTINUOUS')).toBeUndefined();
    expect(followsCalendar('HALTED', 'CLOSING_AUCTION')).toBeUndefined();
    expect(followsCalendar('HALTED', 'CLOSED')).toBe('CLOSED');
    expect(followsCalendar('CLOSED', 'CLOSING_AUCTION')).toBeUndefined();
    expect([resumesInto('CONTINUOUS'), resumesInto('OPENING_AUCTION')]).toEqual([
      'REOPENING_AUCTION',
      'OPENING_AUCTION',
    ]);
  });
});

describe('the table of phases in docs/MATCHING.md', () => {
  it('says what the library does', () => {
    const page = readFileSync(path.join(__dirname, '../../../../docs/MATCHING.md'), 'utf8');
    const rows = PHASES.map((phase) => {
      const times = TIMES.map((time) => (acceptsTimeInForce(phase, time) ? 'yes' : 'no'));
      const { isCollecting, isMatching } = PHASE_RULES[phase];
      const orders = isMatching ? 'match' : isCollecting ? 'rest without matching' : 'stay';
      return `| ${[phase, ...times, orders].join(' | ')} |`;
    });
    expect(page).toContain(`| phase | ${TIMES.join(' | ')} | orders |`);
    expect(page.split('\n').filter((line) => /^\| [A-Z_]+ \|/.test(line))).toEqual(rows);
  });
});

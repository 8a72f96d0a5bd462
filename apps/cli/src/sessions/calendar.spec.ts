import { trading } from '@clearway/contracts';
import { calendarOf, changesBetween, phaseAfter } from './calendar';

const { TRADING_PHASE_PRE_OPEN, TRADING_PHASE_CONTINUOUS, TRADING_PHASE_CLOSED } = trading.TradingPhase;
const { TRADING_PHASE_REOPENING_AUCTION } = trading.TradingPhase;

const DAY: trading.TradingDay = {
  phases: [
    { secondOfDay: 25_200, phase: TRADING_PHASE_PRE_OPEN },
    { secondOfDay: 28_800, phase: TRADING_PHASE_CONTINUOUS },
    { secondOfDay: 59_400, phase: TRADING_PHASE_CLOSED },
  ],
};
/** 2026-12-21, a Monday. */
const MONDAY_MICROS = Date.UTC(2026, 11, 21) * 1_000;
const HOUR_MICROS = 3_600_000_000;

function listed(session: Partial<trading.SessionState>, hasRules = true): trading.Instrument {
  const units = { baseAsset: 'X', quoteAsset: 'USD', tickSize: '0.01', lotSize: '1' };
  const fees = { baseDecimals: 0, quoteDecimals: 2, makerFeeBps: 1, takerFeeBps: 2 };
  const prices = { referencePrice: '100.00', lastPrice: '' };
  const rules = {
    weekdays: [{ phases: [] }, DAY, DAY, DAY, DAY, DAY, { phases: [] }],
    holidays: [],
    staticBandBps: 0,
    dynamicBandBps: 0,
    volatilityAuctionMs: 0,
  };
  const state = {
    phase: TRADING_PHASE_CONTINUOUS,
    phaseEndsAtMicros: 0,
    auctionPrice: '',
    indicative: undefined,
  };
  return {
    symbol: 'X',
    ...units,
    ...fees,
    ...prices,
    tradingStatus: trading.TradingStatus.TRADING_STATUS_OPEN,
    rules: hasRules ? rules : undefined,
    session: { ...state, ...session },
  };
}

describe('the calendar of an instrument', () => {
  it.each([
    [
      'the phase that its calendar has then',
      { phaseEndsAtMicros: MONDAY_MICROS + 8 * HOUR_MICROS },
      'CONTINUOUS',
    ],
    ['CLOSED at the end of the day', { phaseEndsAtMicros: MONDAY_MICROS + 16.5 * HOUR_MICROS }, 'CLOSED'],
    [
      'continuous trading when an auction of its own ends',
      { phase: TRADING_PHASE_REOPENING_AUCTION, phaseEndsAtMicros: MONDAY_MICROS + 9 * HOUR_MICROS },
      'CONTINUOUS',
    ],
    ['nothing when only an operator ends it', { phaseEndsAtMicros: 0 }, ''],
  ])('tells what follows: %s', (_name, session, phase) => expect(phaseAfter(listed(session))).toBe(phase));

  it('lists the changes of a day, the phase at its beginning first', () => {
    const calendar = calendarOf(listed({}));
    const changes = calendar && changesBetween(calendar, MONDAY_MICROS, MONDAY_MICROS + 24 * HOUR_MICROS);
    expect(changes?.map(({ atMicros, phase }) => [(atMicros - MONDAY_MICROS) / HOUR_MICROS, phase])).toEqual([
      [0, 'CLOSED'],
      [7, 'PRE_OPEN'],
      [8, 'CONTINUOUS'],
      [16.5, 'CLOSED'],
    ]);
  });

  it('is around the clock for an instrument without rules', () => {
    const calendar = calendarOf(listed({}, false));
    expect(calendar && changesBetween(calendar, MONDAY_MICROS, MONDAY_MICROS + HOUR_MICROS)).toEqual([
      { atMicros: MONDAY_MICROS, phase: 'CONTINUOUS' },
    ]);
  });

  it('is not made up when a newer service has phases that this build does not know', () => {
    const strange = { phases: [{ secondOfDay: 0, phase: 99 as trading.TradingPhase }] };
    const instrument = listed({ phaseEndsAtMicros: MONDAY_MICROS });
    const weekdays = Array.from({ length: 7 }, () => strange);
    const newer = { ...instrument, rules: instrument.rules && { ...instrument.rules, weekdays } };
    expect([calendarOf(newer), phaseAfter(newer)]).toEqual([undefined, '']);
  });
});

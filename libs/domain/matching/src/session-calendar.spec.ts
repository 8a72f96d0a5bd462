import { expiresAtMicros, NEVER } from './expiry';
import {
  AROUND_THE_CLOCK,
  calendarFault,
  nextPhaseChange,
  type PhaseStart,
  type SessionCalendar,
  scheduledPhaseAt,
  tradingDayEndMicros,
  utcDayOf,
} from './session-calendar';

const DAY: readonly PhaseStart[] = [
  { secondOfDay: 7 * 60 * 60, phase: 'PRE_OPEN' },
  { secondOfDay: (7 * 60 + 50) * 60, phase: 'OPENING_AUCTION' },
  { secondOfDay: 8 * 60 * 60, phase: 'CONTINUOUS' },
  { secondOfDay: (16 * 60 + 30) * 60, phase: 'CLOSING_AUCTION' },
  { secondOfDay: (16 * 60 + 35) * 60, phase: 'CLOSED' },
];

/** 2026-12-25 is a Friday. */
const EXCHANGE: SessionCalendar = {
  weekdays: [[], DAY, DAY, DAY, DAY, DAY, []],
  holidays: [utcDayOf(at('2026-12-25T00:00Z'))],
};

/** Sunday 22:00 to Friday 21:00 without a break. */
const WEEK_LONG: SessionCalendar = {
  weekdays: [
    [{ secondOfDay: 22 * 60 * 60, phase: 'CONTINUOUS' }],
    [],
    [],
    [],
    [],
    [{ secondOfDay: 21 * 60 * 60, phase: 'CLOSED' }],
    [],
  ],
  holidays: [],
};

function at(iso: string): number {
  return Date.parse(iso) * 1_000;
}

function text(micros: number | undefined): string {
  return micros === undefined ? 'never' : new Date(micros / 1_000).toISOString().slice(0, 16);
}

function next(calendar: SessionCalendar, iso: string): string {
  const change = nextPhaseChange(calendar, at(iso));
  return change ? `${text(change.atMicros)} ${change.phase}` : 'never';
}

describe('a session calendar', () => {
  it.each([
    ['2026-12-21T06:59:59Z', 'CLOSED', '2026-12-21T07:00 PRE_OPEN'],
    ['2026-12-21T07:00:00Z', 'PRE_OPEN', '2026-12-21T07:50 OPENING_AUCTION'],
    ['2026-12-21T12:00:00Z', 'CONTINUOUS', '2026-12-21T16:30 CLOSING_AUCTION'],
    ['2026-12-21T16:35:00Z', 'CLOSED', '2026-12-22T07:00 PRE_OPEN'],
    ['2026-12-24T20:00:00Z', 'CLOSED', '2026-12-28T07:00 PRE_OPEN'],
    ['2026-12-25T12:00:00Z', 'CLOSED', '2026-12-28T07:00 PRE_OPEN'],
    ['2026-12-27T12:00:00Z', 'CLOSED', '2026-12-28T07:00 PRE_OPEN'],
  ])('of an exchange at %s has %s, then %s', (iso, phase, change) => {
    expect([scheduledPhaseAt(EXCHANGE, at(iso)), next(EXCHANGE, iso)]).toEqual([phase, change]);
  });

  it.each([
    ['2026-12-20T21:59:00Z', 'CLOSED', '2026-12-20T22:00 CONTINUOUS'],
    ['2026-12-23T00:00:00Z', 'CONTINUOUS', '2026-12-25T21:00 CLOSED'],
    ['2026-12-26T12:00:00Z', 'CLOSED', '2026-12-27T22:00 CONTINUOUS'],
  ])('over midnights at %s has %s, then %s', (iso, phase, change) => {
    expect([scheduledPhaseAt(WEEK_LONG, at(iso)), next(WEEK_LONG, iso)]).toEqual([phase, change]);
  });

  it('around the clock never changes', () => {
    expect(scheduledPhaseAt(AROUND_THE_CLOCK, 0)).toBe('CONTINUOUS');
    expect(next(AROUND_THE_CLOCK, '2026-12-21T00:00Z')).toBe('never');
  });

  it('closes on a holiday in the middle of a session that goes over midnight', () => {
    const calendar = { ...WEEK_LONG, holidays: [utcDayOf(at('2026-12-23T00:00Z'))] };
    expect(next(calendar, '2026-12-22T12:00Z')).toBe('2026-12-23T00:00 CLOSED');
    expect(next(calendar, '2026-12-23T12:00Z')).toBe('2026-12-27T22:00 CONTINUOUS');
  });

  it('before 1970 has the right weekday', () => {
    expect(scheduledPhaseAt(EXCHANGE, at('1969-12-29T12:00Z'))).toBe('CONTINUOUS');
    expect(scheduledPhaseAt(EXCHANGE, at('1969-12-28T12:00Z'))).toBe('CLOSED');
  });

  it.each<[string, SessionCalendar, string]>([
    ['six days', { weekdays: [DAY, DAY, DAY, DAY, DAY, DAY], holidays: [] }, 'weekdays: seven or none'],
    [
      'seconds that go back',
      { weekdays: [[], [...DAY].reverse(), [], [], [], [], []], holidays: [] },
      'weekdays[1]',
    ],
    [
      'a second of tomorrow',
      { weekdays: [[{ secondOfDay: 86_400, phase: 'CLOSED' }], [], [], [], [], [], []], holidays: [] },
      'weekdays[0]',
    ],
    [
      'half a second',
      { weekdays: [[{ secondOfDay: 0.5, phase: 'CLOSED' }], [], [], [], [], [], []], holidays: [] },
      'weekdays[0]',
    ],
    [
      'no such phase',
      { weekdays: [[{ secondOfDay: 0, phase: 'LUNCH' as 'CLOSED' }], [], [], [], [], [], []], holidays: [] },
      'weekdays[0]',
    ],
    [
      'a phase that can not follow the one before',
      { weekdays: [[], [...DAY.slice(0, 3)], DAY, [], [], [], []], holidays: [] },
      'weekdays[2]: PRE_OPEN can not follow CONTINUOUS',
    ],
    [
      'a week that does not go round',
      { weekdays: [[], [], [], [], [], [], [...DAY.slice(1, 4)]], holidays: [] },
      'weekdays[6]: OPENING_AUCTION can not follow CLOSING_AUCTION',
    ],
    ['holidays around the clock', { weekdays: [], holidays: [1] }, 'holidays: none around the clock'],
    ['a holiday twice', { ...EXCHANGE, holidays: [1, 1] }, 'holidays: days'],
    [
      'too many holidays',
      { ...EXCHANGE, holidays: Array.from({ length: 1_001 }, (_, i) => i) },
      'holidays: at most 1000',
    ],
    [
      'a holiday after which a phase begins that can not follow CLOSED',
      {
        weekdays: [
          [],
          DAY.slice(0, 3),
          [{ secondOfDay: 0, phase: 'CLOSING_AUCTION' }, DAY[4]!],
          [],
          [],
          [],
          [],
        ],
        holidays: [utcDayOf(at('2026-12-21T00:00Z'))],
      },
      'holidays: CLOSING_AUCTION can not follow CLOSED',
    ],
  ])('with %s is refused by its field', (_, calendar, fault) => {
    expect(calendarFault(calendar)).toContain(fault);
  });

  it('that is right has no fault', () => {
    expect([EXCHANGE, WEEK_LONG, AROUND_THE_CLOCK].map(calendarFault)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('the expiry of an order', () => {
  it.each([
    ['around the clock at midnight', AROUND_THE_CLOCK, '2026-12-21T23:59Z', '2026-12-22T00:00'],
    ['at midnight a day later', AROUND_THE_CLOCK, '2026-12-21T00:00Z', '2026-12-22T00:00'],
    ['with the session', EXCHANGE, '2026-12-21T12:00Z', '2026-12-21T16:35'],
    ['with the coming session before it opens', EXCHANGE, '2026-12-21T07:10Z', '2026-12-21T16:35'],
    ['with the long session days later', WEEK_LONG, '2026-12-22T12:00Z', '2026-12-25T21:00'],
  ])('of DAY comes %s', (_, calendar, accepted, expected) => {
    expect(text(tradingDayEndMicros(calendar, at(accepted)))).toBe(expected);
    expect(text(expiresAtMicros(calendar, 'DAY', at(accepted), 0))).toBe(expected);
  });

  it('of GTD is its own time, and of all others never', () => {
    expect(expiresAtMicros(EXCHANGE, 'GTD', 5, 9)).toBe(9);
    expect(expiresAtMicros(EXCHANGE, 'GTD', 5, 3)).toBe(5);
    expect(expiresAtMicros(EXCHANGE, 'GTC', 5, 9)).toBe(NEVER);
    expect(expiresAtMicros(EXCHANGE, 'AT_AUCTION', 5, 9)).toBe(NEVER);
  });
});

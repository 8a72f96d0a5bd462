import { bug } from './bug';
import { mayFollow, PHASE_RULES, type TradingPhase } from './phase';

const SECOND_MICROS = 1_000_000;
const DAY_SECONDS = 24 * 60 * 60;
const DAY_MICROS = DAY_SECONDS * SECOND_MICROS;
const WEEK_DAYS = 7;
/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 4;
/** The most holidays of one calendar: some years of them. */
export const HOLIDAYS_MAX = 1_000;
/** The most phases of one day. */
export const DAY_PHASES_MAX = 24;

/** A phase and the UTC second of the day, from 0 to 86,399, at which it begins. */
export interface PhaseStart {
  readonly secondOfDay: number;
  readonly phase: TradingPhase;
}

/**
 * When an instrument trades, all in UTC. A phase lasts until the next one begins, over midnight too, so a session may begin on
 * Sunday evening. On a holiday it is closed from midnight to midnight, and from then on until a phase begins. A calendar without
 * any phase trades around the clock, continuously, and its days change at 00:00 UTC.
 */
export interface SessionCalendar {
  /** The phases that begin on each weekday, Sunday first, ascending by second. Seven lists, or none at all for 24x7. */
  readonly weekdays: readonly (readonly PhaseStart[])[];
  /** Days on which it is closed, as UTC days since the epoch (`utcDayOf`), ascending. */
  readonly holidays: readonly number[];
}

/** A phase that begins at a time. Times are microseconds since the epoch. */
export interface PhaseChange {
  readonly atMicros: number;
  readonly phase: TradingPhase;
}

/** Continuous trading without end; the day of DAY orders changes at 00:00 UTC. The default. */
export const AROUND_THE_CLOCK: SessionCalendar = { weekdays: [], holidays: [] };

/** The UTC day of a time, counted from the epoch. */
export function utcDayOf(timeMicros: number): number {
  return Math.floor(timeMicros / DAY_MICROS);
}

/** True if the calendar has no phases of its own. */
export function isAroundTheClock(calendar: SessionCalendar): boolean {
  return calendar.weekdays.every((starts) => starts.length === 0);
}

/** What is wrong with a calendar from outside, by the name of the field, or undefined. */
export function calendarFault({ weekdays, holidays }: SessionCalendar): string | undefined {
  if (weekdays.length !== 0 && weekdays.length !== WEEK_DAYS) return 'weekdays: seven or none';
  if (holidays.length > HOLIDAYS_MAX) return `holidays: at most ${HOLIDAYS_MAX}`;
  if (holidays.length > 0 && isAroundTheClock({ weekdays, holidays }))
    return 'holidays: none around the clock';
  if (!holidays.every((day, i) => Number.isSafeInteger(day) && (i === 0 || day > holidays[i - 1]!)))
    return 'holidays: days since the epoch, ascending';
  const weekday = weekdays.findIndex((starts) => !isDay(starts));
  if (weekday >= 0) return `weekdays[${weekday}]: phases in ascending seconds from 0 to 86399`;
  return weekFault(weekdays) ?? holidayFault({ weekdays, holidays });
}

/** A phase that may not follow the one before it would never begin. The week goes round. */
function weekFault(weekdays: SessionCalendar['weekdays']): string | undefined {
  const week = weekdays.flatMap((starts, weekday) => starts.map(({ phase }) => ({ phase, weekday })));
  let before = week.at(-1)?.phase;
  for (const { phase, weekday } of week) {
    if (before !== undefined && before !== phase && !mayFollow(before, phase))
      return `weekdays[${weekday}]: ${phase} can not follow ${before}`;
    before = phase;
  }
  return undefined;
}

/** Holidays close what was open before them; what begins after them must be able to follow that. */
function holidayFault(calendar: SessionCalendar): string | undefined {
  const days = new Set(calendar.holidays);
  for (const day of days) {
    const before = days.has(day - 1) ? 'CLOSED' : scheduledPhaseAt(calendar, day * DAY_MICROS - 1);
    if (before !== 'CLOSED' && !mayFollow(before, 'CLOSED'))
      return `holidays: CLOSED can not follow ${before}`;
    const after = days.has(day + 1) ? undefined : nextPhaseChange(calendar, day * DAY_MICROS)?.phase;
    if (after !== undefined && !mayFollow('CLOSED', after)) return `holidays: ${after} can not follow CLOSED`;
  }
  return undefined;
}

/** The phase that the calendar has for a time. Before the first session of all it is CLOSED. */
export function scheduledPhaseAt(calendar: SessionCalendar, timeMicros: number): TradingPhase {
  if (isAroundTheClock(calendar)) return 'CONTINUOUS';
  const today = utcDayOf(timeMicros);
  for (let day = today; day > today - WEEK_DAYS - 1; day--) {
    const begun = changesOn(calendar, day).filter(({ atMicros }) => atMicros <= timeMicros);
    const last = begun.at(-1);
    if (last) return last.phase;
  }
  return bug('a week of the calendar has no phase');
}

/** The next time at which the calendar changes the phase, after (not at) the given one; undefined if it never does. */
export function nextPhaseChange(calendar: SessionCalendar, timeMicros: number): PhaseChange | undefined {
  return nextChangeTo(calendar, timeMicros, () => true);
}

/** The time at which the trading day of a time ends: when it closes, or with a calendar around the clock the next 00:00 UTC. */
export function tradingDayEndMicros(calendar: SessionCalendar, timeMicros: number): number {
  const midnight = (utcDayOf(timeMicros) + 1) * DAY_MICROS;
  if (isAroundTheClock(calendar)) return midnight;
  return nextChangeTo(calendar, timeMicros, (phase) => phase === 'CLOSED')?.atMicros ?? midnight;
}

function nextChangeTo(
  calendar: SessionCalendar,
  timeMicros: number,
  isWanted: (phase: TradingPhase) => boolean,
): PhaseChange | undefined {
  if (isAroundTheClock(calendar)) return undefined;
  const today = utcDayOf(timeMicros);
  let phase = scheduledPhaseAt(calendar, timeMicros);
  for (let day = today; day <= today + WEEK_DAYS + calendar.holidays.length; day++) {
    for (const change of changesOn(calendar, day)) {
      if (change.atMicros <= timeMicros || change.phase === phase) continue;
      if (isWanted(change.phase)) return change;
      phase = change.phase;
    }
  }
  return undefined;
}

function changesOn(calendar: SessionCalendar, day: number): readonly PhaseChange[] {
  if (calendar.holidays.includes(day)) return [{ atMicros: day * DAY_MICROS, phase: 'CLOSED' }];
  const starts = calendar.weekdays[weekdayOf(day)]!;
  return starts.map(({ secondOfDay, phase }) => ({
    atMicros: day * DAY_MICROS + secondOfDay * SECOND_MICROS,
    phase,
  }));
}

function weekdayOf(day: number): number {
  return (((day + EPOCH_WEEKDAY) % WEEK_DAYS) + WEEK_DAYS) % WEEK_DAYS;
}

function isDay(starts: readonly PhaseStart[]): boolean {
  return (
    starts.length <= DAY_PHASES_MAX &&
    starts.every(
      ({ secondOfDay, phase }, i) =>
        phase in PHASE_RULES &&
        Number.isInteger(secondOfDay) &&
        secondOfDay >= 0 &&
        secondOfDay < DAY_SECONDS &&
        (i === 0 || secondOfDay > starts[i - 1]!.secondOfDay),
    )
  );
}

import { trading } from '@clearway/contracts';
import {
  AROUND_THE_CLOCK,
  calendarFault,
  nextPhaseChange,
  type PhaseChange,
  type SessionCalendar,
  scheduledPhaseAt,
  type TradingPhase,
} from '@clearway/domain-matching';
import { enumName } from '../output/enum-name';

/** The longest list of changes that is worth reading. */
export const CHANGES_MAX = 1_000;

/** A phase's short name: `CONTINUOUS`. */
export function phaseName(phase: trading.TradingPhase): string {
  return enumName(trading.TradingPhase, phase, 'TRADING_PHASE_');
}

/** An instrument's calendar; undefined for one of a newer service, with phases that this build does not know. */
export function calendarOf({ rules }: trading.Instrument): SessionCalendar | undefined {
  if (!rules) return AROUND_THE_CLOCK;
  const weekdays = rules.weekdays.map(({ phases }) =>
    phases.map(({ secondOfDay, phase }) => ({ secondOfDay, phase: phaseName(phase) as TradingPhase })),
  );
  const calendar = { weekdays, holidays: rules.holidays };
  return calendarFault(calendar) === undefined ? calendar : undefined;
}

/** What follows the phase when it ends by itself; empty when only an operator ends it. An auction's end is not in the calendar. */
export function phaseAfter(instrument: trading.Instrument): string {
  const { phaseEndsAtMicros = 0 } = instrument.session ?? {};
  const calendar = calendarOf(instrument);
  if (phaseEndsAtMicros === 0 || !calendar) return '';
  const scheduled = nextPhaseChange(calendar, phaseEndsAtMicros - 1);
  return scheduled?.atMicros === phaseEndsAtMicros ? scheduled.phase : 'CONTINUOUS';
}

/** The calendar's phase at a time, and every change from then until another. Times in microseconds since the epoch. */
export function changesBetween(
  calendar: SessionCalendar,
  fromMicros: number,
  untilMicros: number,
): PhaseChange[] {
  const changes: PhaseChange[] = [{ atMicros: fromMicros, phase: scheduledPhaseAt(calendar, fromMicros) }];
  let next = nextPhaseChange(calendar, fromMicros);
  while (next && next.atMicros < untilMicros && changes.length < CHANGES_MAX) {
    changes.push(next);
    next = nextPhaseChange(calendar, next.atMicros);
  }
  return changes;
}

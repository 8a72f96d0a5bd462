import {
  followsCalendar,
  NEVER,
  nextPhaseChange,
  type PhaseChange,
  type TradingPhase,
} from '@clearway/domain-matching';
import { calendarOf, type WithRules } from './trading-rules';

/** Changes of a calendar that are looked through for one that the present phase follows: more than a week has. */
const CHANGES_SEEN_MAX = 200;

/** What is needed to know when a market's phase ends. */
interface PhaseState {
  readonly instrument: WithRules;
  readonly phase: TradingPhase;
  readonly sinceMicros: number;
  readonly endsAtMicros: number;
  /** The change that is under way. */
  readonly uncrossing?: { readonly atMicros: number } | undefined;
}

/** The next change of the calendar that the present phase follows; undefined if there is none. */
export function nextCalendarChange({ instrument, phase, sinceMicros }: PhaseState): PhaseChange | undefined {
  const calendar = calendarOf(instrument);
  let change = nextPhaseChange(calendar, sinceMicros);
  for (let seen = 0; change && seen < CHANGES_SEEN_MAX; seen += 1) {
    if (followsCalendar(phase, change.phase)) return change;
    change = nextPhaseChange(calendar, change.atMicros);
  }
  return undefined;
}

/** When the present phase ends by itself, by the calendar or because its own time is over; `NEVER` if it does not. */
export function phaseDueMicros(market: PhaseState): number {
  if (market.uncrossing) return market.uncrossing.atMicros;
  return Math.min(nextCalendarChange(market)?.atMicros ?? NEVER, market.endsAtMicros || NEVER);
}

import {
  AROUND_THE_CLOCK,
  type PhaseStart,
  type SessionCalendar,
  type TradingPhase,
  utcDayOf,
} from '@clearway/domain-matching';
import type { TradingRules } from '@clearway/domain-trading';
import type { Random } from './random';

const SECONDS_A_DAY = 86_400;
/** UTC day 0 was a Thursday. */
const EPOCH_WEEKDAY = 4;
/** Whole days that fit into a run, each some seconds long; a calendar has room for 24 phases. */
const DAYS_MAX = 4;

/** So long before the run it is closed: a clock that is behind must not find the phase that the week ended with. */
const CLOSED_BEFORE_SECONDS = 20;

/** The phases of a day and how many seconds each may last. */
const PHASES: readonly (readonly [TradingPhase, number, number])[] = [
  ['PRE_OPEN', 1, 2],
  ['OPENING_AUCTION', 1, 2],
  ['CONTINUOUS', 2, 9],
  ['CLOSING_AUCTION', 1, 2],
  ['CLOSED', 1, 2],
];

/** Draws the rules of an instrument for a run that begins at a time; undefined for one that trades around the clock at any price. */
export function drawRules(random: Random, epochMicros: number): TradingRules | undefined {
  const hasDays = random.chance(0.6);
  const hasBands = random.chance(0.5);
  if (!hasDays && !hasBands) return undefined;
  const volatilityAuctionMs = random.pick([0, 400, 1_500, 4_000]);
  return {
    calendar: hasDays ? shortDays(random, epochMicros) : AROUND_THE_CLOCK,
    bands: hasBands
      ? { staticBps: random.pick([0, 300, 600]), dynamicBps: random.pick([100, 200]) }
      : { staticBps: 0, dynamicBps: 0 },
    volatilityAuctionMs: hasBands ? volatilityAuctionMs : 0,
  };
}

/** Trading days of some seconds, one after the other from about the start of the run on; the last phase of all stays. */
function shortDays(random: Random, epochMicros: number): SessionCalendar {
  const weekdays: PhaseStart[][] = Array.from({ length: 7 }, () => []);
  let second = Math.floor(epochMicros / 1_000_000) - CLOSED_BEFORE_SECONDS;
  const add = (phase: TradingPhase): void => {
    const day = utcDayOf(second * 1_000_000);
    weekdays[(day + EPOCH_WEEKDAY) % 7]?.push({ secondOfDay: second % SECONDS_A_DAY, phase });
  };
  add('CLOSED');
  second += CLOSED_BEFORE_SECONDS - random.between(0, 6);
  for (let day = 0; day < DAYS_MAX; day++)
    for (const [phase, secondsMin, secondsMax] of PHASES) {
      add(phase);
      second += random.between(secondsMin, secondsMax);
    }
  if (random.chance(0.7)) add('CONTINUOUS');
  return { weekdays, holidays: [] };
}

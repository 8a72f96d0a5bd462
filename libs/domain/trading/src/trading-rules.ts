import {
  AROUND_THE_CLOCK,
  calendarFault,
  isAroundTheClock,
  isBandBps,
  type PriceBandRules,
  type SessionCalendar,
} from '@clearway/domain-matching';
import type { FieldProblem } from './field-problem';

/** The longest auction that is not the calendar's. */
export const AUCTION_MS_MAX = 86_400_000;

/** When an instrument trades and within which prices. An instrument without has none of it: around the clock, at any price. */
export interface TradingRules {
  readonly calendar: SessionCalendar;
  readonly bands: PriceBandRules;
  /** Length of the reopening auction that begins where a trade would leave the dynamic band; 0 cancels what is left instead. */
  readonly volatilityAuctionMs: number;
}

/** Whatever may have rules. */
export interface WithRules {
  readonly rules?: TradingRules | undefined;
}

/** What is wrong with rules from outside, every problem at once. */
export function rulesProblems({ calendar, bands, volatilityAuctionMs }: TradingRules): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const bad = (field: string, problem: string) => void problems.push({ field: `rules.${field}`, problem });
  const fault = calendarFault(calendar);
  if (fault) bad('calendar', `is not one: ${fault}`);
  if (!isBandBps(bands.staticBps)) bad('static_band_bps', 'must be 0 to 10,000,000');
  if (!isBandBps(bands.dynamicBps)) bad('dynamic_band_bps', 'must be 0 to 10,000,000');
  if (!isAuctionMs(volatilityAuctionMs)) bad('volatility_auction_ms', `must be 0 to ${AUCTION_MS_MAX}`);
  if (volatilityAuctionMs > 0 && bands.dynamicBps === 0)
    bad('volatility_auction_ms', 'needs a dynamic_band_bps');
  return problems;
}

/** Undefined for rules that ask for nothing, so that an instrument without any carries nothing for them. */
export function rulesOrNone(rules: TradingRules | undefined): TradingRules | undefined {
  if (!rules) return undefined;
  const { calendar, bands } = rules;
  const isPlain = isAroundTheClock(calendar) && bands.staticBps === 0 && bands.dynamicBps === 0;
  return isPlain ? undefined : rules;
}

/** True for a length that an auction may have; 0 stands for none. */
export function isAuctionMs(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= AUCTION_MS_MAX;
}

/** When the instrument trades. */
export function calendarOf({ rules }: WithRules): SessionCalendar {
  return rules?.calendar ?? AROUND_THE_CLOCK;
}

/**
 * Where an instrument is in its day. In the collecting phases orders rest without matching, so the book may be crossed; they end
 * in an uncrossing or are called off by a halt.
 *
 * - `PRE_OPEN`: collects, before the opening auction.
 * - `OPENING_AUCTION`, `REOPENING_AUCTION` (after a halt or a price out of its band), `CLOSING_AUCTION`: collect.
 * - `CONTINUOUS`: every order trades at once with what it can.
 * - `HALTED`: nothing but cancels, until an operator resumes.
 * - `CLOSED`: nothing but cancels, until the next day.
 */
export type TradingPhase =
  | 'PRE_OPEN'
  | 'OPENING_AUCTION'
  | 'CONTINUOUS'
  | 'HALTED'
  | 'REOPENING_AUCTION'
  | 'CLOSING_AUCTION'
  | 'CLOSED';

/**
 * How long an order may live. DAY ends with its trading day, GTD at its own time, IOC and FOK never rest, and AT_AUCTION takes
 * part in the auction that is collecting and no other.
 */
export type BookTimeInForce = 'DAY' | 'GTC' | 'GTD' | 'IOC' | 'FOK' | 'AT_AUCTION';

/** What an order must be allowed by the phase. A stop order that waits counts as neither: it is `isStopAccepted`. */
export interface PhaseRules {
  /** True if orders rest here without matching and the phase ends in an uncrossing. */
  readonly isCollecting: boolean;
  /** True if an order may trade on its arrival. */
  readonly isMatching: boolean;
  /** The times in force that a new order may have; a replacement needs at least one of them. Cancels are always accepted. */
  readonly timesInForce: readonly BookTimeInForce[];
  /** True if orders without a limit are accepted: at once in continuous trading, waiting with best priority in auctions. */
  readonly isMarketAccepted: boolean;
  /** True if a new stop order may come to wait. None is released but in continuous trading. */
  readonly isStopAccepted: boolean;
  /** True if post-only means anything: where nothing trades on arrival, it is refused. */
  readonly isPostOnlyAccepted: boolean;
}

const RESTING: readonly BookTimeInForce[] = ['DAY', 'GTC', 'GTD'];

const COLLECTING: PhaseRules = {
  isCollecting: true,
  isMatching: false,
  timesInForce: [...RESTING, 'AT_AUCTION'],
  isMarketAccepted: true,
  isStopAccepted: true,
  isPostOnlyAccepted: false,
};

const RESTING_STILL: PhaseRules = {
  isCollecting: false,
  isMatching: false,
  timesInForce: [],
  isMarketAccepted: false,
  isStopAccepted: false,
  isPostOnlyAccepted: false,
};

/** What each phase allows, as a table. */
export const PHASE_RULES: Readonly<Record<TradingPhase, PhaseRules>> = {
  PRE_OPEN: COLLECTING,
  OPENING_AUCTION: COLLECTING,
  CONTINUOUS: {
    isCollecting: false,
    isMatching: true,
    timesInForce: [...RESTING, 'IOC', 'FOK'],
    isMarketAccepted: true,
    isStopAccepted: true,
    isPostOnlyAccepted: true,
  },
  HALTED: RESTING_STILL,
  REOPENING_AUCTION: COLLECTING,
  CLOSING_AUCTION: COLLECTING,
  CLOSED: RESTING_STILL,
};

/** Which phases may follow which. */
export const PHASE_TRANSITIONS: Readonly<Record<TradingPhase, readonly TradingPhase[]>> = {
  PRE_OPEN: ['OPENING_AUCTION', 'CONTINUOUS', 'HALTED', 'CLOSED'],
  OPENING_AUCTION: ['CONTINUOUS', 'HALTED', 'CLOSED'],
  CONTINUOUS: ['HALTED', 'REOPENING_AUCTION', 'CLOSING_AUCTION', 'CLOSED'],
  HALTED: ['PRE_OPEN', 'OPENING_AUCTION', 'REOPENING_AUCTION', 'CONTINUOUS', 'CLOSING_AUCTION', 'CLOSED'],
  REOPENING_AUCTION: ['CONTINUOUS', 'HALTED', 'CLOSING_AUCTION', 'CLOSED'],
  CLOSING_AUCTION: ['CLOSED', 'HALTED'],
  CLOSED: ['PRE_OPEN', 'OPENING_AUCTION', 'CONTINUOUS'],
};

/** True if the second phase may follow the first. */
export function mayFollow(from: TradingPhase, to: TradingPhase): boolean {
  return PHASE_TRANSITIONS[from].includes(to);
}

/**
 * True if the book is uncrossed between the two phases: whenever continuous trading begins, because its book is never crossed
 * (from a halt too: it may have called off an auction), and when a closing auction ends.
 */
export function uncrossesBetween(from: TradingPhase, to: TradingPhase): boolean {
  return to === 'CONTINUOUS' || (from === 'CLOSING_AUCTION' && to === 'CLOSED');
}

/**
 * True if what is left of orders at market and of AT_AUCTION must leave the book when the phase begins, after the uncrossing if
 * there is one. A halt lets them wait.
 */
export function endsAuctionOrders(to: TradingPhase): boolean {
  return to === 'CONTINUOUS' || to === 'CLOSED';
}

/** The phase in which a halted instrument goes on when the calendar has the given one: continuous trading after an auction. */
export function resumesInto(scheduled: TradingPhase): TradingPhase {
  return scheduled === 'CONTINUOUS' ? 'REOPENING_AUCTION' : scheduled;
}

/**
 * The phase that a change of the calendar leads to, or undefined if the instrument stays as it is: a halt ends by itself only
 * when the day does, and an instrument that is there already or could not go there stays.
 */
export function followsCalendar(current: TradingPhase, scheduled: TradingPhase): TradingPhase | undefined {
  if (current === 'HALTED' && scheduled !== 'CLOSED') return undefined;
  return mayFollow(current, scheduled) ? scheduled : undefined;
}

/** True if an order of this time in force may enter in the phase. */
export function acceptsTimeInForce(phase: TradingPhase, timeInForce: BookTimeInForce): boolean {
  return PHASE_RULES[phase].timesInForce.includes(timeInForce);
}

/** What a phase needs to know of an order that wants to enter. A stop order that is released is judged again, by what it is then. */
export interface PhaseAdmission {
  readonly timeInForce: BookTimeInForce;
  /** True if the order has no limit. */
  readonly isAtMarket: boolean;
  /** True if it waits for a price. */
  readonly isStop: boolean;
  readonly isPostOnly: boolean;
}

/** Why a phase does not take an order, in the order in which it is found out: nothing enters now, or not one of this kind. */
export type PhaseRefusal = 'CLOSED_TO_ORDERS' | 'TIME_IN_FORCE' | 'AT_MARKET' | 'STOP' | 'POST_ONLY';

/** The first reason for which the phase refuses the order, or undefined if it takes it: the phase's check of the admission. */
export function phaseRefusal(phase: TradingPhase, order: PhaseAdmission): PhaseRefusal | undefined {
  const rules = PHASE_RULES[phase];
  if (rules.timesInForce.length === 0) return 'CLOSED_TO_ORDERS';
  if (!rules.timesInForce.includes(order.timeInForce)) return 'TIME_IN_FORCE';
  if (order.isAtMarket && !rules.isMarketAccepted) return 'AT_MARKET';
  if (order.isStop && !rules.isStopAccepted) return 'STOP';
  return order.isPostOnly && !rules.isPostOnlyAccepted ? 'POST_ONLY' : undefined;
}

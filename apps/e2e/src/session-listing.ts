import type { trading } from '@clearway/contracts';
import { sharesListing } from '@clearway/testing';

/** Symbol of the instrument with sessions. */
export const EXCH = 'EXCH';
const DAY_SECONDS = 86_400;

/** A phase and the number of seconds from now after which it begins. */
export type PhaseAhead = readonly [afterSeconds: number, phase: trading.TradingPhase];

/**
 * An instrument of AMZN's assets whose phases begin so many seconds from now, on whatever weekday. A calendar repeats every day, and a
 * phase lasts over midnight, so those that begin tomorrow stand first: a session may be opened in the last second of a day.
 */
export function listingAhead(phases: readonly PhaseAhead[], nowMs: number = Date.now()): trading.Instrument {
  const second = Math.floor(nowMs / 1_000);
  const starts = phases.map(([after, phase]) => ({ secondOfDay: (second + after) % DAY_SECONDS, phase }));
  starts.sort((a, b) => a.secondOfDay - b.secondOfDay);
  const weekdays = Array.from({ length: 7 }, () => ({ phases: starts }));
  const bands = { staticBandBps: 1_000, dynamicBandBps: 0, volatilityAuctionMs: 0 };
  return { ...sharesListing(EXCH), baseAsset: 'AMZN', rules: { weekdays, holidays: [], ...bands } };
}

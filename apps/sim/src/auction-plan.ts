import { UNCROSS_LIMITS, type UncrossLimits } from '@clearway/domain-trading';
import type { Random } from './random';

/** How the auctions of a seed end: at once, or over several turns with much else between them. */
export interface AuctionPlan {
  /** How much of an auction's end one turn does. */
  readonly uncrossLimits: UncrossLimits;
  /** Time that the clock of phases leaves between two turns for whoever else wants something. */
  readonly turnPauseMs: number;
  /** True if the operator halts, resumes with an auction and throws kill switches all day. */
  readonly isBusy: boolean;
  /** The longest that a client waits before it acts again: auctions last seconds, and a crowd makes them long. */
  readonly thinkMsMax: number;
}

/** As in production, where few auctions take more than one turn. */
export const AT_ONCE: AuctionPlan = {
  uncrossLimits: UNCROSS_LIMITS,
  turnPauseMs: 0,
  isBusy: false,
  thinkMsMax: 250,
};

/**
 * Draws how auctions end: in half of the seeds as in production, in the others with so little a turn that an auction of a few orders
 * takes many, as one of many thousands does. All seeds of a source of chance of its own keep their course but for this.
 */
export function drawAuctionPlan(random: Random): AuctionPlan {
  if (random.chance(0.5)) return AT_ONCE;
  return {
    uncrossLimits: {
      changesATurnMax: random.between(1, 4),
      roundsATurnMax: random.between(1, 2),
      leaveAtOnceMax: random.between(1, 4),
      roundsAPlanMax: random.between(1, 2),
    },
    turnPauseMs: random.pick([0, 20, 150, 400]),
    isBusy: random.chance(0.7),
    thinkMsMax: random.pick([40, 100, 250]),
  };
}

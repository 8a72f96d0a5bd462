import type { ListingTerms } from '@clearway/domain-trading';
import type { ShardLimits } from '@clearway/platform-shard';
import { AT_ONCE, type AuctionPlan, drawAuctionPlan } from './auction-plan';
import { LISTINGS } from './market';
import type { Random } from './random';
import { drawRules } from './trading-days';
import type { FaultRates } from './world';

/** What kind of day a seed has: how much breaks, how many processes there are, what the clock says. */
export interface SeedPlan {
  readonly rates: FaultRates;
  readonly faultEveryMs: number;
  readonly operatorEveryMs: number;
  readonly epochMicros: number;
  /** Microseconds by which a starting process's clock may be off, in both directions. */
  readonly skewMaxMicros: number;
  readonly limits: Partial<ShardLimits>;
  /** What is traded, with the sessions and price bands of this seed. */
  readonly listings: readonly ListingTerms[];
  readonly auctions: AuctionPlan;
  /** Slots of each service: two when it has a standby. */
  slotsOf(service: string): readonly string[];
}

/** The plan with trading's hosts crashing all the time; see Mutation.favoursOrphans. */
export function stormy(plan: SeedPlan): SeedPlan {
  const limits = { ...plan.limits, carriedDelayMs: 1_500, batchesInFlightMax: 2 };
  return { ...plan, limits, faultEveryMs: 500, operatorEveryMs: 60, auctions: AT_ONCE };
}

/** The plan of a day on which auctions are called all the time, with the calm that lets orders come together in them. */
export function crowded(plan: SeedPlan): SeedPlan {
  const messageDelayMaxMicros = Math.min(plan.rates.messageDelayMaxMicros, 60_000);
  return {
    ...plan,
    rates: { ...plan.rates, messageDelayMaxMicros },
    faultEveryMs: Math.max(plan.faultEveryMs, 1_200),
    operatorEveryMs: 300,
  };
}

/** 2026-01-05, eight seconds before midnight UTC. */
const BEFORE_MIDNIGHT_MICROS = Date.UTC(2026, 0, 5, 23, 59, 52) * 1_000;
const NOON_MICROS = Date.UTC(2026, 0, 5, 12) * 1_000;

/**
 * Draws a plan: some seeds are calm, some are wild, most are wild in a few ways only. What `aside` draws changes nothing of the
 * course of a seed by itself.
 */
export function planOf(random: Random, aside: Random): SeedPlan {
  const standbyChance = random.pick([0, 0.3, 0.8]);
  const epochMicros = random.chance(0.3) ? BEFORE_MIDNIGHT_MICROS : NOON_MICROS;
  return {
    rates: {
      messageLost: random.pick([0, 0, 0.01, 0.06]),
      messageDoubled: random.pick([0, 0.03, 0.2]),
      messageDelayMaxMicros: random.pick([4_000, 60_000, 900_000]),
      callBroken: random.pick([0, 0, 0.01, 0.05, 0.2]),
      statementLost: random.pick([0, 0, 0.001, 0.004]),
      answerLost: random.pick([0, 0.001, 0.006]),
    },
    faultEveryMs: random.pick([250, 700, 2_000]),
    operatorEveryMs: random.pick([60, 300, 1_500]),
    epochMicros,
    skewMaxMicros: random.pick([0, 20_000, 1_500_000]),
    limits: {
      batchesInFlightMax: random.pick([1, 2]),
      commandsPerTurnMax: random.pick([1, 3, 2_000]),
      carriedDelayMs: random.pick([1, 20, 60, 1_500]),
      feedBufferBytesMax: random.pick([1_000, 16_777_216]),
      queuedCommandsMax: random.pick([12, 20_000]),
    },
    listings: LISTINGS.map((terms) => ({ ...terms, rules: drawRules(random, epochMicros) })),
    auctions: drawAuctionPlan(aside),
    slotsOf: () => (random.chance(standbyChance) ? ['a', 'b'] : ['a']),
  };
}

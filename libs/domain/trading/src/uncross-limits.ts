/**
 * How much one turn does of an auction's end. Turns are a matter of time only: all of them together come to what one would have. But
 * `leaveAtOnceMax` and `roundsAPlanMax` are part of the rule of prices: after so many orders that leave or lose lots, and after so many
 * rounds of self-trade prevention, that holds and the price is found anew. Few auctions come near.
 */
export interface UncrossLimits {
  /** Trades, and orders that leave or lose lots, of a turn: some 50 ms. */
  readonly changesATurnMax: number;
  /** Pairings of the whole book of a turn. */
  readonly roundsATurnMax: number;
  readonly leaveAtOnceMax: number;
  readonly roundsAPlanMax: number;
}

/** The limits of production; specs and the simulation have auctions of a few orders take many turns. */
export const UNCROSS_LIMITS: UncrossLimits = {
  changesATurnMax: 5_000,
  roundsATurnMax: 20,
  leaveAtOnceMax: 5_000,
  roundsAPlanMax: 10,
};

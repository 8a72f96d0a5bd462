/**
 * What one turn does of an auction's end. Turns are a matter of time only: all of them together come to what one would have. But
 * `leaveAtOnceMax` and `roundsAPlanMax` are part of the rule of prices: after so many orders that leave or lose lots, and after so many
 * rounds of self-trade prevention, that holds and the price is found anew. Few auctions come near.
 */
export const UNCROSS_LIMITS = {
  /** Trades, and orders that leave or lose lots, of a turn: some 50 ms. */
  changesATurnMax: 5_000,
  /** Pairings of the whole book of a turn. */
  roundsATurnMax: 20,
  leaveAtOnceMax: 5_000,
  roundsAPlanMax: 10,
} as const;

import { trading } from '@clearway/contracts';

/** An order as an ack or a report carries it, in the state that a test needs. */
export function orderLike(part: Partial<trading.Order>): trading.Order {
  return { ...trading.Order.decode(Buffer.alloc(0)), ...part };
}

/** The ack of a placed order. */
export function placedAck(part: Partial<trading.Order>): trading.OrderEntryAck {
  const value = { order: orderLike(part), fills: [], duplicate: false };
  return { requestId: 1, result: { $case: 'placed', value } };
}

/** A generator of the same numbers in each run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

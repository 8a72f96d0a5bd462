/**
 * What happens when an order would trade with a resting order of the same owner. The walk goes on in priority order, so
 * what stands before the owner's own order trades in any case.
 *
 * - `ALLOW`: it trades; the plan only says where (`selfFillFirst`).
 * - `CANCEL_NEWEST`: the incoming order ends there; its remainder neither trades on nor rests.
 * - `CANCEL_OLDEST`: the resting order is removed and the incoming one goes on.
 * - `CANCEL_BOTH`: the resting order is removed and the incoming one ends there.
 * - `DECREMENT`: both lose the smaller one's lots without a trade; what is at zero goes, the other goes on.
 *
 * An iceberg counts with all it has, hidden lots included.
 */
export type SelfTradeAction = 'ALLOW' | 'CANCEL_NEWEST' | 'CANCEL_OLDEST' | 'CANCEL_BOTH' | 'DECREMENT';

/** The order book of one instrument: price-time priority, planning apart from applying, state hash and snapshots. */
export { OrderBook } from './book';
export type { BookListener } from './book-listener';
export { FillBuffer } from './fill-buffer';
export {
  isOrderId,
  isOwner,
  isPriceTicks,
  isQuantityLots,
  MARKET,
  NO_OWNER,
  OPEN_ORDERS_MAX,
  PRICE_TICKS_MAX,
  QUANTITY_LOTS_MAX,
} from './limits';
export type { BookLevel, BookOrder, OrderVisitor } from './queries';
export type { Removal } from './removal';
export type { SelfTradeAction } from './self-trade';
export { oppositeOf, type Side } from './side';
export type { BookSnapshot, SideSnapshot } from './snapshot';
export { type OrderSource, TwoLaneHasher } from './state-hash';
export { StopBook } from './stop-book';
export type { StopBookSnapshot, TrailingStop } from './stop-snapshot';
export type { RemainderPolicy } from './submit';

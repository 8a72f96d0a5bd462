/**
 * The matching of one instrument: the order book in price-time priority with icebergs and call auctions, planning apart from
 * applying, state hash and snapshots; stop orders; trading phases, price bands, the session calendar and expiry.
 */
export type { AuctionPrice } from './auction-price';
export { OrderBook } from './book';
export type { BookListener } from './book-listener';
export { ExpiryQueue, expiresAtMicros, NEVER } from './expiry';
export { FillBuffer } from './fill-buffer';
export {
  ICEBERG_PARTS_MAX,
  isDisplayLots,
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
export {
  acceptsTimeInForce,
  type BookTimeInForce,
  endsAuctionOrders,
  followsCalendar,
  mayFollow,
  PHASE_RULES,
  PHASE_TRANSITIONS,
  type PhaseAdmission,
  type PhaseRefusal,
  type PhaseRules,
  phaseRefusal,
  resumesInto,
  type TradingPhase,
  uncrossesBetween,
} from './phase';
export {
  BAND_BPS_MAX,
  intersectBands,
  isBandBps,
  isWithinBand,
  type PriceBand,
  type PriceBandRules,
  priceBandAround,
  UNBOUNDED,
  worstPriceWithin,
} from './price-band';
export type { BookLevel, BookOrder, OrderVisitor } from './queries';
export type { Removal } from './removal';
export { keepsPlace, type ReplaceableTerms } from './replacement';
export type { SelfTradeAction } from './self-trade';
export {
  AROUND_THE_CLOCK,
  calendarFault,
  DAY_PHASES_MAX,
  HOLIDAYS_MAX,
  isAroundTheClock,
  nextPhaseChange,
  type PhaseChange,
  type PhaseStart,
  type SessionCalendar,
  scheduledPhaseAt,
  tradingDayEndMicros,
  utcDayOf,
} from './session-calendar';
export { oppositeOf, type Side } from './side';
export type { BookSnapshot, ReserveSnapshot, SideSnapshot } from './snapshot';
export { type OrderSource, TwoLaneHasher } from './state-hash';
export { StopBook } from './stop-book';
export { type StopSource, type StopVisitor, stopHashOf } from './stop-hash';
export type { StopBookSnapshot, TrailingStop } from './stop-snapshot';
export type { RemainderPolicy } from './submit';
export type { SelfTradeRule } from './uncross';
export { UncrossPlan } from './uncross-plan';

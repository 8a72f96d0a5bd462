export type { SelfTradeAction } from '@clearway/domain-matching';
export { findOrder } from './cancel-order';
export type {
  CancelOrder,
  MassCancelScope,
  OrderReference,
  PlaceOrder,
  ReplaceAnswer,
  ReplaceOrder,
  TradingCommand,
  TradingOutcome,
} from './commands';
export type {
  OrderReduced,
  OrderReplaced,
  PhaseCause,
  PhaseChanged,
  TradeExecuted,
  TradingEvent,
  TradingStatus,
  UncrossingBegan,
} from './events';
export type { FieldProblem } from './field-problem';
export { FEE_BPS_MAX, type Instrument, type ListingTerms } from './instrument';
export { tradingInvariants } from './invariants';
export type { KillScope, KillSwitch } from './kill-scope';
export type { MarketChange, MarketTrade } from './market-tape';
export { type OrderNeed, orderNeeds } from './needs';
export {
  type Amendments,
  isOpen,
  type Order,
  type OrderExtras,
  type OrderTerms,
  type OrdStatus,
  type OrdType,
  type Replacement,
  type StopState,
  selfTradeActionOf,
  type TimeInForce,
} from './order';
export type { TradingOutput } from './outputs';
export { currentViewOf, type ExecType, type OrderView, type Report, type TradeView } from './reports';
export {
  type ClearingRequest,
  encodeProtectionPrice,
  type Reserve,
  type RiskRequest,
  type TradingRequest,
} from './requests';
export { PLACE_ORDER_DEADLINE_MS, sagaMachine } from './sagas';
export { nothingOutlivesItsTime } from './session-invariants';
export {
  CLOSED_ORDERS_MAX,
  LIVE_SAGAS_MAX,
  type Market,
  statusOf,
  type Trade,
  type TradingState,
} from './state';
export { SWEPT_A_TURN_MAX } from './sweep-orders';
export { tradingMachine, tradingMachineWith } from './trading-machine';
export { AUCTION_MS_MAX, type TradingRules } from './trading-rules';
export { indicativePriceOf } from './uncross-book';
export { UNCROSS_LIMITS, type UncrossLimits } from './uncross-limits';

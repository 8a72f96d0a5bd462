export {
  type AccountAmount,
  type AccountFreeze,
  type ApplyFill,
  type LowerHold,
  type RaiseHold,
  type Reserve,
  type RiskAction,
  type RiskActionOf,
  type RiskStep,
  type Side,
  stepKeyOf,
} from './actions';
export type { ExecuteSteps, RiskCommand, SetBlacklist, SetLimits } from './commands';
export type { RiskEvent, StepEvent } from './events';
export { evolveHoldings, type Holdings } from './evolve';
export { FORGET_SAGAS_BATCH } from './execute-steps';
export { availableMinor, type Funds, FundsBook, type FundsEntry } from './funds-book';
export { type Hold, heldAsset, holdOf, needMinor } from './hold';
export { HoldBook } from './hold-book';
export {
  availableNeverNegative,
  checkRiskInvariants,
  heldEqualsHolds,
  noNegativeTotal,
} from './invariants';
export {
  DEFAULT_LIMITS,
  INHERITED_LIMITS,
  type LimitScope,
  LimitTable,
  ORDERS_PER_MINUTE_CEILING,
  ORDERS_PER_MINUTE_UNLIMITED,
  type OrderLimits,
  PRICE_DEVIATION_BPS_CEILING,
} from './limits';
export { ORDER_RATE_WINDOW_MICROS } from './order-rate-windows';
export type { BlacklistAnswer, LimitsAnswer, RiskOutcome, RiskStepAnswer, StepsExecuted } from './outcomes';
export { protectionPriceTicks } from './protection-price';
export { decodeReserveResult, type ReserveResult } from './reserve-result';
export { riskMachine } from './risk-machine';
export { createRiskState, type Freeze, type RiskState, type SymbolAssets } from './risk-state';
export type { OrderRule, OrderUnderCheck } from './rules/order-rule';
export { ORDER_RULES, reasonsAgainst } from './rules/order-rules';

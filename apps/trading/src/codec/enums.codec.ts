import { common, trading } from '@clearway/contracts';
import type { TradingPhase } from '@clearway/domain-matching';
import type {
  ExecType,
  OrdStatus,
  OrdType,
  SelfTradeAction,
  TimeInForce,
  TradingStatus,
} from '@clearway/domain-trading';

/** Side of an order in the domain. */
export type Side = 'BUY' | 'SELL';

/** A two-way table between the domain's words and the wire's numbers. */
export interface EnumCodec<Word extends string, Wire extends number> {
  toWire(word: Word): Wire;
  /** Undefined for UNSPECIFIED and for what a newer client may send. */
  fromWire(wire: Wire): Word | undefined;
}

function enumCodec<Word extends string, Wire extends number>(
  table: Readonly<Record<Word, Wire>>,
): EnumCodec<Word, Wire> {
  const words = new Map(Object.entries<Wire>(table).map(([word, wire]) => [wire, word as Word]));
  return { toWire: (word) => table[word], fromWire: (wire) => words.get(wire) };
}

/** Sides of an order. */
export const SIDE = enumCodec<Side, common.Side>({ BUY: common.Side.SIDE_BUY, SELL: common.Side.SIDE_SELL });

/** Order types. */
export const ORD_TYPE = enumCodec<OrdType, trading.OrdType>({
  MARKET: trading.OrdType.ORD_TYPE_MARKET,
  LIMIT: trading.OrdType.ORD_TYPE_LIMIT,
  STOP_LOSS: trading.OrdType.ORD_TYPE_STOP_LOSS,
  STOP_LIMIT: trading.OrdType.ORD_TYPE_STOP_LIMIT,
  TRAILING_STOP: trading.OrdType.ORD_TYPE_TRAILING_STOP,
});

/** How long an order stays: a day, until canceled, or not at all. */
export const TIME_IN_FORCE = enumCodec<TimeInForce, trading.TimeInForce>({
  DAY: trading.TimeInForce.TIME_IN_FORCE_DAY,
  GTC: trading.TimeInForce.TIME_IN_FORCE_GTC,
  GTD: trading.TimeInForce.TIME_IN_FORCE_GTD,
  IOC: trading.TimeInForce.TIME_IN_FORCE_IOC,
  FOK: trading.TimeInForce.TIME_IN_FORCE_FOK,
  AT_AUCTION: trading.TimeInForce.TIME_IN_FORCE_AT_AUCTION,
});

/** Where an order stands. */
export const ORD_STATUS = enumCodec<OrdStatus, trading.OrdStatus>({
  PENDING_NEW: trading.OrdStatus.ORD_STATUS_PENDING_NEW,
  NEW: trading.OrdStatus.ORD_STATUS_NEW,
  PARTIALLY_FILLED: trading.OrdStatus.ORD_STATUS_PARTIALLY_FILLED,
  FILLED: trading.OrdStatus.ORD_STATUS_FILLED,
  CANCELED: trading.OrdStatus.ORD_STATUS_CANCELED,
  REJECTED: trading.OrdStatus.ORD_STATUS_REJECTED,
  EXPIRED: trading.OrdStatus.ORD_STATUS_EXPIRED,
  PENDING_CANCEL: trading.OrdStatus.ORD_STATUS_PENDING_CANCEL,
});

/** What an execution report tells. */
export const EXEC_TYPE = enumCodec<ExecType, trading.ExecType>({
  PENDING_NEW: trading.ExecType.EXEC_TYPE_PENDING_NEW,
  NEW: trading.ExecType.EXEC_TYPE_NEW,
  TRADE: trading.ExecType.EXEC_TYPE_TRADE,
  CANCELED: trading.ExecType.EXEC_TYPE_CANCELED,
  REPLACED: trading.ExecType.EXEC_TYPE_REPLACED,
  REJECTED: trading.ExecType.EXEC_TYPE_REJECTED,
  EXPIRED: trading.ExecType.EXEC_TYPE_EXPIRED,
  PENDING_CANCEL: trading.ExecType.EXEC_TYPE_PENDING_CANCEL,
  PENDING_REPLACE: trading.ExecType.EXEC_TYPE_PENDING_REPLACE,
  TRADE_CANCEL: trading.ExecType.EXEC_TYPE_TRADE_CANCEL,
  RESTATED: trading.ExecType.EXEC_TYPE_RESTATED,
  TRIGGERED: trading.ExecType.EXEC_TYPE_TRIGGERED,
});

/** Where an instrument is in its day. */
export const TRADING_PHASE = enumCodec<TradingPhase, trading.TradingPhase>({
  PRE_OPEN: trading.TradingPhase.TRADING_PHASE_PRE_OPEN,
  OPENING_AUCTION: trading.TradingPhase.TRADING_PHASE_OPENING_AUCTION,
  CONTINUOUS: trading.TradingPhase.TRADING_PHASE_CONTINUOUS,
  HALTED: trading.TradingPhase.TRADING_PHASE_HALTED,
  REOPENING_AUCTION: trading.TradingPhase.TRADING_PHASE_REOPENING_AUCTION,
  CLOSING_AUCTION: trading.TradingPhase.TRADING_PHASE_CLOSING_AUCTION,
  CLOSED: trading.TradingPhase.TRADING_PHASE_CLOSED,
});

/** What happens when an order would trade with one of its own participant. */
export const SELF_TRADE = enumCodec<SelfTradeAction, trading.SelfTradePrevention>({
  CANCEL_NEWEST: trading.SelfTradePrevention.SELF_TRADE_PREVENTION_CANCEL_NEWEST,
  CANCEL_OLDEST: trading.SelfTradePrevention.SELF_TRADE_PREVENTION_CANCEL_OLDEST,
  CANCEL_BOTH: trading.SelfTradePrevention.SELF_TRADE_PREVENTION_CANCEL_BOTH,
  DECREMENT: trading.SelfTradePrevention.SELF_TRADE_PREVENTION_DECREMENT,
  ALLOW: trading.SelfTradePrevention.SELF_TRADE_PREVENTION_ALLOW,
});

/** Whether an instrument trades. */
export const TRADING_STATUS = enumCodec<TradingStatus, trading.TradingStatus>({
  OPEN: trading.TradingStatus.TRADING_STATUS_OPEN,
  HALTED: trading.TradingStatus.TRADING_STATUS_HALTED,
});

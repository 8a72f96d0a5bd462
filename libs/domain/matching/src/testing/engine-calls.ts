import type { BookTimeInForce, TradingPhase } from '../phase';
import type { SelfTradeAction } from '../self-trade';
import type { Side } from '../side';

/** An order as its owner gives it to an engine. */
export interface EngineOrder {
  readonly id: number;
  readonly side: Side;
  readonly type: 'LIMIT' | 'MARKET' | 'STOP_LOSS' | 'STOP_LIMIT' | 'TRAILING_STOP';
  /** `MARKET` for those without a limit. */
  readonly limitTicks: number;
  /** The stop price, or the distance of a trailing stop; 0 for others. */
  readonly stopTicks: number;
  readonly lots: number;
  /** 0 shows all. */
  readonly displayLots: number;
  readonly owner: number;
  readonly timeInForce: BookTimeInForce;
  readonly expireTimeMicros: number;
  readonly isPostOnly: boolean;
  readonly selfTrade: SelfTradeAction;
}

/** What an owner may change of a resting order. */
export interface EngineReplacement {
  readonly id: number;
  readonly limitTicks: number;
  readonly openLots: number;
  readonly displayLots: number;
}

/**
 * A whole instrument as its users see it: book, stops, phases and expiry. Each call answers what traded and what was
 * refused, as text, so that two engines can be compared call by call, and `stateText` says all that they remember.
 */
export interface Engine {
  place(order: EngineOrder): string[];
  cancel(id: number): string[];
  replace(replacement: EngineReplacement): string[];
  cancelAllOf(owner: number): string[];
  goTo(phase: TradingPhase): string[];
  advanceTo(nowMicros: number): string[];
  stateText(): string;
}

/** What an engine's answer says of a trade in continuous trading. */
export function tradeText(takerId: number, makerId: number, priceTicks: number, lots: number): string {
  return `${takerId} takes ${lots}@${priceTicks} from ${makerId}`;
}

/** What it says of a fill of an uncrossing. */
export function pairText(buyId: number, sellId: number, priceTicks: number, lots: number): string {
  return `${buyId} buys ${lots}@${priceTicks} of ${sellId}`;
}

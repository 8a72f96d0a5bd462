import type { TradingPhase } from '@clearway/domain-matching';
import type { SagaEvent } from '@clearway/domain-saga';
import type { Reason, ReasonCode } from '@clearway/kernel';
import type { Instrument } from './instrument';
import type { KillScope } from './kill-scope';
import type { OrderTerms, Replacement } from './order';

/** Whether an instrument takes new orders. Cancels pass during a halt. */
export type TradingStatus = 'OPEN' | 'HALTED';

/** What trading's journal records; see proto/clearway/trading/v1/events.proto for each one's meaning. */
export type TradingEvent =
  | { readonly kind: 'InstrumentListed'; readonly instrument: Instrument }
  | { readonly kind: 'TradingStatusChanged'; readonly symbol: string; readonly status: TradingStatus }
  | PhaseChanged
  | UncrossingBegan
  | {
      readonly kind: 'OrderAccepted';
      readonly orderNumber: number;
      readonly sagaNumber: number;
      readonly terms: OrderTerms;
    }
  | { readonly kind: 'OrderOpened'; readonly orderNumber: number; readonly leavesLots: number }
  | {
      readonly kind: 'OrderOpenedAtMarket';
      readonly orderNumber: number;
      readonly leavesLots: number;
      readonly protectionTicks: number;
    }
  | TradeExecuted
  | { readonly kind: 'OrderRejected'; readonly orderNumber: number; readonly reasons: readonly Reason[] }
  | { readonly kind: 'CancelRequested'; readonly orderNumber: number; readonly cause: ReasonCode }
  | {
      readonly kind: 'OrderCanceled';
      readonly orderNumber: number;
      /** Saga that releases the hold; 0 when the order's own saga does. */
      readonly sagaNumber: number;
      readonly canceledLots: number;
      readonly cause: ReasonCode;
    }
  | OrderReduced
  | ({
      readonly kind: 'ReplaceRequested';
      readonly orderNumber: number;
      /** 0 for a replacement that is decided at once. */
      readonly sagaNumber: number;
    } & Replacement)
  | OrderReplaced
  | { readonly kind: 'ReplaceRefused'; readonly orderNumber: number; readonly reasons: readonly Reason[] }
  | {
      readonly kind: 'HoldLowering';
      readonly orderNumber: number;
      readonly sagaNumber: number;
      readonly priceTicks: number;
    }
  | {
      readonly kind: 'OrderExpired';
      readonly orderNumber: number;
      readonly sagaNumber: number;
      readonly expiredLots: number;
      readonly cause: 'DAY_ENDED' | 'GTD_EXPIRED';
    }
  | {
      readonly kind: 'StopWaiting';
      readonly orderNumber: number;
      readonly stopPriceTicks: number;
      readonly protectionTicks: number;
    }
  | { readonly kind: 'StopTriggered'; readonly orderNumber: number }
  | { readonly kind: 'TradeBusted'; readonly tradeNumber: number; readonly reasons: readonly Reason[] }
  | {
      readonly kind: 'KillSwitchEngaged';
      readonly scope: KillScope;
      readonly operator: string;
      readonly note: string;
    }
  | { readonly kind: 'KillSwitchProven'; readonly scope: KillScope; readonly canceledOrders: number }
  | { readonly kind: 'KillSwitchReleaseRequested'; readonly scope: KillScope; readonly operator: string }
  | { readonly kind: 'KillSwitchReleased'; readonly scope: KillScope; readonly operator: string }
  | { readonly kind: 'Saga'; readonly saga: SagaEvent };

/** Why a phase ended. */
export type PhaseCause = 'CALENDAR' | 'OPERATOR' | 'VOLATILITY' | 'AUCTION_ENDED';

/** An instrument goes on to its next phase; trades of an uncrossing come before it. */
export interface PhaseChanged {
  readonly kind: 'PhaseChanged';
  readonly symbol: string;
  readonly phase: TradingPhase;
  /** When it began: the calendar's time, even if that was noticed later. */
  readonly atMicros: number;
  /** When it ends whatever the calendar says; 0 when the calendar or an operator decides. */
  readonly endsAtMicros: number;
  readonly cause: PhaseCause;
  /** Price and volume of the uncrossing that ended the phase before; 0 without. */
  readonly auctionPriceTicks: number;
  readonly auctionLots: number;
}

/**
 * An auction has ended whose trades are more than one turn makes: the change of the phase is to come when they all are. Written again
 * when the price is found, if that takes more than a turn; until then it is 0.
 */
export interface UncrossingBegan extends Omit<PhaseChanged, 'kind'> {
  readonly kind: 'UncrossingBegan';
}

/** The order has the terms that were requested last. Unless it keeps its place it has left the book. */
export interface OrderReplaced extends Replacement {
  readonly kind: 'OrderReplaced';
  readonly orderNumber: number;
  readonly leavesLots: number;
  readonly keepsPlace: boolean;
  /** Saga that gives back the hold of the lots that went; 0 when none did. */
  readonly releaseSagaNumber: number;
  /** Worst price that the hold of a stop order covers; 0 for other orders. */
  readonly protectionTicks: number;
}

/** A part of what is left is taken off; the rest goes on. */
export interface OrderReduced {
  readonly kind: 'OrderReduced';
  readonly orderNumber: number;
  /** Saga that gives back the hold of these lots; 0 when the order's own saga does. */
  readonly sagaNumber: number;
  readonly canceledLots: number;
  readonly cause: ReasonCode;
}

/** A match of two orders; it starts the SettleTrade saga. */
export interface TradeExecuted {
  readonly kind: 'TradeExecuted';
  readonly tradeNumber: number;
  readonly sagaNumber: number;
  readonly makerOrderNumber: number;
  readonly takerOrderNumber: number;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly makerFeeMinor: bigint;
  readonly takerFeeMinor: bigint;
}

import type { SelfTradeAction, Side } from '@clearway/domain-matching';
import type { SteerOutcome, StepAnswer } from '@clearway/domain-saga';
import type { Reason, ReasonCode } from '@clearway/kernel';
import type { TradingStatus } from './events';
import type { FieldProblem } from './field-problem';
import type { Instrument, ListingTerms } from './instrument';
import type { KillScope, KillSwitch } from './kill-scope';
import type { OrdType, TimeInForce } from './order';
import type { OrderView, Report } from './reports';

/** An order as its owner wrote it: decimals as text, because only the instrument knows their units. */
export interface PlaceOrder {
  readonly kind: 'PlaceOrder';
  readonly account: string;
  readonly clOrdId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly ordType: OrdType;
  /** Undefined: DAY for limit orders, IOC for market orders. */
  readonly timeInForce: TimeInForce | undefined;
  readonly postOnly: boolean;
  readonly quantity: string;
  /** Empty for market orders. */
  readonly price: string;
  /** Undefined: CANCEL_NEWEST. */
  readonly selfTrade?: SelfTradeAction | undefined;
  /** Of STOP_LOSS and STOP_LIMIT; empty or absent for others. */
  readonly stopPrice?: string | undefined;
  /** Of TRAILING_STOP. */
  readonly trailingOffset?: string | undefined;
  /** Of GTD; 0 or absent for others. */
  readonly expireAtMicros?: number | undefined;
  /** Of icebergs. */
  readonly displayQuantity?: string | undefined;
}

/** Names an order by its number, or by the owner's key. */
export type OrderReference =
  | { readonly orderNumber: number }
  | { readonly account: string; readonly clOrdId: string };

/** Asks for an order to be taken out of the book; what it holds is released by its saga. */
export interface CancelOrder {
  readonly kind: 'CancelOrder';
  readonly reference: OrderReference;
  /** Participant that may cancel it; undefined for operators. Orders of others are unknown. */
  readonly participant: string | undefined;
  readonly cause: ReasonCode;
}

/** Asks for an order's quantity or price to be changed. Texts that are empty keep what is there. */
export interface ReplaceOrder {
  readonly kind: 'ReplaceOrder';
  readonly reference: OrderReference;
  /** As in CancelOrder. */
  readonly participant: string | undefined;
  /** The order's new client order id, and the key of this command. */
  readonly clOrdId: string;
  /** New total, what is filled included. */
  readonly quantity: string;
  readonly price: string;
  readonly stopPrice?: string | undefined;
  readonly displayQuantity?: string | undefined;
}

/** Which open orders a mass cancel is for: those that all given fields fit. */
export interface MassCancelScope {
  readonly participant?: string | undefined;
  readonly account?: string | undefined;
  readonly symbol?: string | undefined;
  readonly side?: Side | undefined;
}

/** What a replacement came to. */
export interface ReplaceAnswer {
  readonly outcome: 'replaced' | 'too-late' | 'refused';
  readonly clOrdId: string;
  readonly order: OrderView;
  /** Trades that it made on entering the book anew. */
  readonly fills: readonly Report[];
  /** Why it was refused. */
  readonly reasons: readonly Reason[];
}

/** Everything that trading's machine decides on. */
export type TradingCommand =
  | PlaceOrder
  | CancelOrder
  | ReplaceOrder
  | { readonly kind: 'ListInstrument'; readonly terms: ListingTerms }
  | {
      readonly kind: 'SetTradingStatus';
      readonly symbol: string;
      readonly status: TradingStatus;
      /** Length of the auction with which a halt ends; undefined or 0 for none. */
      readonly reopeningAuctionMs?: number | undefined;
    }
  /** Lets phases end whose time is over; every other command does, too. */
  | { readonly kind: 'AdvanceClock' }
  | {
      readonly kind: 'EngageKillSwitch';
      readonly scope: KillScope;
      readonly operator: string;
      readonly note: string;
    }
  | { readonly kind: 'SweepKillSwitch'; readonly scope: KillScope }
  | { readonly kind: 'RequestKillSwitchRelease'; readonly scope: KillScope; readonly operator: string }
  | { readonly kind: 'ConfirmKillSwitchRelease'; readonly scope: KillScope; readonly operator: string }
  /** Lets orders expire whose time is over; every other command does, too. */
  | { readonly kind: 'ExpireOrders' }
  /** Brings further stop orders that were released to the book; each turn brings a limited number. */
  | { readonly kind: 'TriggerStops' }
  | {
      readonly kind: 'MassCancel';
      readonly scope: MassCancelScope;
      /** Orders with a lower number are meant; 0 for all that exist now. */
      readonly belowOrderNumber: number;
    }
  | { readonly kind: 'SagaAnswers'; readonly answers: readonly StepAnswer[] }
  | { readonly kind: 'SagaTick' }
  | { readonly kind: 'SagaRecover' }
  | { readonly kind: 'RetrySaga'; readonly sagaNumber: number }
  | { readonly kind: 'CompensateSaga'; readonly sagaNumber: number };

/** What a command came to. `refused` means that nothing was accepted and nothing was journaled. */
export type TradingOutcome =
  | { readonly kind: 'accepted'; readonly orderNumber: number }
  /** Accepted and rejected in one decision: the answer is already final. */
  | { readonly kind: 'answered'; readonly order: OrderView }
  /** Same key, same body: the order as it stands; `answered` is false while its first answer is still to come. */
  | {
      readonly kind: 'duplicate';
      readonly orderNumber: number;
      readonly order: OrderView;
      readonly answered: boolean;
    }
  | { readonly kind: 'canceled'; readonly order: OrderView }
  | { readonly kind: 'cancel-pending'; readonly orderNumber: number }
  | { readonly kind: 'too-late'; readonly order: OrderView }
  /** Risk is asked; the answer is published under the order's number and this client order id. */
  | {
      readonly kind: 'replace-pending';
      readonly orderNumber: number;
      readonly clOrdId: string;
      readonly duplicate: boolean;
    }
  | { readonly kind: 'replace-answered'; readonly answer: ReplaceAnswer; readonly duplicate: boolean }
  | { readonly kind: 'listed'; readonly instrument: Instrument }
  | { readonly kind: 'status-set'; readonly symbol: string }
  /** `openOrders` of the scope are left: those of the next turn, and those that wait for risk. */
  | {
      readonly kind: 'swept';
      readonly killSwitch: KillSwitch;
      readonly openOrders: number;
    }
  /** `openOrders` of the scope are left: those of the next turn, and those that wait for risk. */
  | {
      readonly kind: 'mass-canceled';
      readonly canceledOrders: number;
      readonly openOrders: number;
      readonly belowOrderNumber: number;
    }
  | { readonly kind: 'kill-switch'; readonly killSwitch: KillSwitch }
  | { readonly kind: 'fields-invalid'; readonly problems: readonly FieldProblem[] }
  | { readonly kind: 'refused'; readonly reason: Reason }
  | { readonly kind: 'steered'; readonly outcome: SteerOutcome }
  | { readonly kind: 'done' };

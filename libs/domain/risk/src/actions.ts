import type { StepKey, StepPhase } from '@clearway/domain-saga';

/** Side of an order, seen from its account. */
export type Side = 'buy' | 'sell';

/**
 * Asks to check an order by every pre-trade rule and to hold its worst case. Prices are ticks, quantities lots; what a lot
 * and a tick are worth comes with the order, because risk keeps no instruments of its own.
 */
export interface Reserve {
  /** Number of the order in the host's shard; with the origin shard it names the hold. */
  readonly orderNumber: number;
  readonly account: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantityLots: number;
  /** Limit price; 0 for market orders, which are held at the collar. */
  readonly priceTicks: number;
  /** What the host sees as the market: the last trade, or the listing's reference price. Always positive. */
  readonly marketPriceTicks: number;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  /** Base minor units of one lot. */
  readonly lotSizeMinor: bigint;
  /** Quote minor units that one tick is worth for one lot. */
  readonly tickValueMinor: bigint;
  /** The higher of maker and taker fee, in basis points of the notional. */
  readonly feeBps: number;
}

/** Asks to check an order as it is to become, and to hold what it needs more until it is replaced or not. */
export interface RaiseHold {
  /** The order as it is to become, with its whole new quantity. */
  readonly order: Reserve;
  /** Lots that it grows by; 0 when it does not. */
  readonly addedLots: number;
  /** Counts the order's replacements from 1 on. */
  readonly version: number;
}

/** Gives back lots, and sets the price of what is left unless a newer replacement has set it. */
export interface LowerHold {
  readonly orderNumber: number;
  readonly quantityLots: number;
  readonly priceTicks: number;
  readonly version: number;
}

/** Turns held lots into a position at the trade's price. The host computes the fee, in quote minor units. */
export interface ApplyFill {
  readonly orderNumber: number;
  readonly tradeNumber: number;
  readonly quantityLots: number;
  readonly priceTicks: number;
  readonly feeMinor: bigint;
}

/** An amount of one asset in one account, in minor units; always positive. */
export interface AccountAmount {
  readonly account: string;
  readonly asset: string;
  readonly amountMinor: bigint;
}

/** Follows clearing's freeze of an account; a lower version than the last one seen changes nothing. */
export interface AccountFreeze {
  readonly account: string;
  readonly frozen: boolean;
  readonly version: number;
}

/** What one step of a saga asks of risk. */
export type RiskAction =
  | ({ readonly kind: 'Reserve' } & Reserve)
  | { readonly kind: 'ReleaseHold'; readonly orderNumber: number }
  | { readonly kind: 'ReleaseLots'; readonly orderNumber: number; readonly quantityLots: number }
  | ({ readonly kind: 'RaiseHold' } & RaiseHold)
  | ({ readonly kind: 'LowerHold' } & LowerHold)
  | ({ readonly kind: 'ApplyFill' } & ApplyFill)
  | ({ readonly kind: 'CreditFunds' } & AccountAmount)
  | ({ readonly kind: 'HoldFunds' } & AccountAmount)
  | ({ readonly kind: 'ReleaseFunds' } & AccountAmount)
  | ({ readonly kind: 'DebitHeldFunds' } & AccountAmount)
  | ({ readonly kind: 'SetAccountFrozen' } & AccountFreeze);

/** The action named by its kind, for example `RiskActionOf<'Reserve'>`. */
export type RiskActionOf<Kind extends RiskAction['kind']> = Extract<RiskAction, { kind: Kind }>;

/** One step of a saga that another shard hosts: its key within the origin, and what it asks. */
export interface RiskStep {
  readonly sagaNumber: number;
  readonly step: number;
  readonly phase: StepPhase;
  readonly action: RiskAction;
}

/** Returns the full key of a step: the idempotency key under which its outcome is remembered. */
export function stepKeyOf(originShard: string, step: RiskStep): StepKey {
  return { originShard, sagaNumber: step.sagaNumber, step: step.step, phase: step.phase };
}

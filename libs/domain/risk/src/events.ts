import type { StepKey } from '@clearway/domain-saga';
import type { Reason } from '@clearway/kernel';
import type { AccountAmount, AccountFreeze, ApplyFill, Reserve } from './actions';
import type { LimitScope, OrderLimits } from './limits';

interface OfStep {
  /** The step that caused the event: recording it is what makes a repeat known. */
  readonly key: StepKey;
}

/** Events caused by a saga step. Each step that is new causes exactly one of them. */
export type StepEvent =
  | ({
      readonly kind: 'HoldPlaced';
      readonly reserve: Reserve;
      readonly protectionPriceTicks: number;
    } & OfStep)
  | ({ readonly kind: 'HoldReleased'; readonly orderNumber: number } & OfStep)
  | ({ readonly kind: 'LotsReleased'; readonly orderNumber: number; readonly quantityLots: number } & OfStep)
  | ({
      readonly kind: 'HoldRaised';
      /** The order as it is to become. */
      readonly order: Reserve;
      readonly addedLots: number;
      /** Price of the whole hold from now on. */
      readonly protectionPriceTicks: number;
      /** Worst price of the order once it is replaced. */
      readonly orderPriceTicks: number;
      readonly version: number;
    } & OfStep)
  | ({
      readonly kind: 'HoldLowered';
      readonly orderNumber: number;
      readonly quantityLots: number;
      /** 0 leaves the price as it is. */
      readonly protectionPriceTicks: number;
    } & OfStep)
  | ({ readonly kind: 'FillApplied'; readonly fill: ApplyFill } & OfStep)
  | ({ readonly kind: 'FundsCredited'; readonly funds: AccountAmount } & OfStep)
  | ({ readonly kind: 'FundsHeld'; readonly funds: AccountAmount } & OfStep)
  | ({ readonly kind: 'FundsReleased'; readonly funds: AccountAmount } & OfStep)
  | ({ readonly kind: 'FundsDebited'; readonly funds: AccountAmount } & OfStep)
  | ({ readonly kind: 'AccountFrozenSet'; readonly freeze: AccountFreeze } & OfStep)
  | ({
      readonly kind: 'StepRefused';
      readonly reasons: readonly Reason[];
      /** Account and symbol of a refused order, empty for other steps. */
      readonly account: string;
      readonly symbol: string;
    } & OfStep)
  /** A compensation that found nothing to undo, or came before its action. */
  | ({ readonly kind: 'CompensationNoted' } & OfStep);

/** Every event of risk's journal. */
export type RiskEvent =
  | StepEvent
  | { readonly kind: 'LimitsSet'; readonly scope: LimitScope; readonly limits: OrderLimits }
  | {
      readonly kind: 'BlacklistSet';
      readonly participant: string;
      readonly blacklisted: boolean;
      readonly note: string;
    }
  | { readonly kind: 'SagasFinished'; readonly originShard: string; readonly finishedBelow: number };

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
      readonly type: 'HoldPlaced';
      readonly reserve: Reserve;
      readonly protectionPriceTicks: number;
    } & OfStep)
  | ({ readonly type: 'HoldReleased'; readonly orderNumber: number } & OfStep)
  | ({ readonly type: 'LotsReleased'; readonly orderNumber: number; readonly quantityLots: number } & OfStep)
  | ({ readonly type: 'FillApplied'; readonly fill: ApplyFill } & OfStep)
  | ({ readonly type: 'FundsCredited'; readonly funds: AccountAmount } & OfStep)
  | ({ readonly type: 'FundsHeld'; readonly funds: AccountAmount } & OfStep)
  | ({ readonly type: 'FundsReleased'; readonly funds: AccountAmount } & OfStep)
  | ({ readonly type: 'FundsDebited'; readonly funds: AccountAmount } & OfStep)
  | ({ readonly type: 'AccountFrozenSet'; readonly freeze: AccountFreeze } & OfStep)
  | ({
      readonly type: 'StepRefused';
      readonly reasons: readonly Reason[];
      /** Account and symbol of a refused order, empty for other steps. */
      readonly account: string;
      readonly symbol: string;
    } & OfStep)
  /** A compensation that found nothing to undo, or came before its action. */
  | ({ readonly type: 'CompensationNoted' } & OfStep);

/** Every event of risk's journal. */
export type RiskEvent =
  | StepEvent
  | { readonly type: 'LimitsSet'; readonly scope: LimitScope; readonly limits: OrderLimits }
  | {
      readonly type: 'BlacklistSet';
      readonly participant: string;
      readonly blacklisted: boolean;
      readonly note: string;
    }
  | { readonly type: 'SagasFinished'; readonly originShard: string; readonly finishedBelow: number };

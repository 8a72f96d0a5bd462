import type { RiskStep } from './actions';
import type { LimitScope, OrderLimits } from './limits';

/** The steps of one turn of one saga host, to be executed in order. */
export interface ExecuteSteps {
  readonly kind: 'ExecuteSteps';
  readonly originShard: string;
  /** Every saga of the origin with a lower number has ended. */
  readonly finishedBelow: number;
  readonly steps: readonly RiskStep[];
}

/** Replaces the override of one scope; figures that are 0 inherit. */
export interface SetLimits {
  readonly kind: 'SetLimits';
  readonly scope: LimitScope;
  readonly limits: OrderLimits;
}

/** Puts a participant on the blacklist or takes it off. The note says why, for the audit. */
export interface SetBlacklist {
  readonly kind: 'SetBlacklist';
  readonly participant: string;
  readonly blacklisted: boolean;
  readonly note: string;
}

/** Everything that risk can be asked to decide. Shapes were checked at the door; a wrong shape here is a bug. */
export type RiskCommand = ExecuteSteps | SetLimits | SetBlacklist;

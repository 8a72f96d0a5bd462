import type { Reason, ReasonCode } from '@clearway/kernel';
import type { Reserve } from '../actions';
import type { OrderLimits } from '../limits';
import type { RiskState } from '../risk-state';

/** An order with everything that rules compare it with, computed once. */
export interface OrderUnderCheck {
  readonly order: Reserve;
  readonly state: RiskState;
  readonly limits: OrderLimits;
  /** Journaled time of the decision. */
  readonly nowMicros: number;
  /** Worst price at which the order may trade. */
  readonly protectionPriceTicks: number;
  /** What would be held more than now, in minor units: quote for buys, base for sells. */
  readonly needMinor: bigint;
  /** Quantity in base minor units. */
  readonly quantityMinor: bigint;
  /** What of it is not held yet: all of a new order, of a replaced one what it grows by. */
  readonly addedMinor: bigint;
  /** Quantity at the protection price, without fee, in quote minor units. */
  readonly notionalMinor: bigint;
}

/** One pre-trade rule: it looks at an order and gives its reason, with the figures, or nothing when the order passes. */
export interface OrderRule {
  readonly code: ReasonCode;
  readonly check: (checked: OrderUnderCheck) => Reason | undefined;
}

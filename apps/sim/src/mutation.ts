import type { AuditMachine, ClearingMachine, RiskMachine, TradingMachine } from './machines';

/**
 * A bug to plant: machines are wrapped and parts of the simulation do what they must not. Nothing is planted by default. The tests
 * plant each bug and expect an invariant to name it.
 */
export interface Mutation {
  readonly trading?: (machine: TradingMachine) => TradingMachine;
  readonly risk?: (machine: RiskMachine) => RiskMachine;
  readonly clearing?: (machine: ClearingMachine) => ClearingMachine;
  readonly audit?: (machine: AuditMachine) => AuditMachine;
  /** The invariants that are there for this bug: one of them must be what finds it. Undefined: any may. */
  readonly foundBy?: readonly string[];
  /** PlaceOrder is answered when it is decided, not when it is durable. */
  readonly answersBeforeCommit?: boolean;
  /** The journal takes an append from whoever sends it. */
  readonly appendsUnfenced?: boolean;
  /** The read model's cursor moves in a transaction of its own, before the rows. */
  readonly savesCursorFirst?: boolean;
  /** Audit's follower goes on from the cursor it noted, not from the tree's. */
  readonly auditTrustsItsCursor?: boolean;
  /** After a restart nobody asks again for what live sagas wait for. */
  readonly forgetsToRecover?: boolean;
  /**
   * No bug, but the weather that shows a rare one: trading often crashes and cannot reach the others when it is back, riding events
   * wait for long, and operators compensate whatever they see.
   */
  readonly favoursOrphans?: boolean;
  /** No bug, but the weather that shows one of snapshots: trading is often written down, and ends soon after. */
  readonly favoursSnapshots?: boolean;
}

/** The code as it is. */
export const NO_MUTATION: Mutation = {};
